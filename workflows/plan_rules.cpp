// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "interventions/silencing_table.hpp"
#include "metrics/analyses/tuning/grating_sparsity.hpp"
#include "metrics/analyses/tuning/suppression.hpp"
#include "metrics/pooling/networks.hpp"
#include "workflows/adjust.hpp"
#include "workflows/node_set_kinds.hpp"
#include "workflows/report_kind.hpp"
#include "workflows/tables.hpp"
#include "workflows/tune_background.hpp"

namespace striate::workflows {
namespace {

const core::Kind& kind_named(std::string_view name, std::span<const core::Kind> kinds) {
  return *std::ranges::find(kinds, name, [](const auto& kind) { return std::string_view(kind.name); });
}

/// Pictures that the shipped paradigms of noise show, with the numbers that `striate images` takes without
/// options.
constexpr core::Kind sparse_noise_pictures{.name = "sparse-noise", .writes = {{"images/sparse_noise.h5"}}},
    white_noise_pictures{.name = "white-noise", .writes = {{"images/white_noise.h5"}}};
slurm::Maker pictures(const core::Kind& kind) {
  return {.command = {"images"},
          .kind = &kind,
          .arguments = {"--kind", kind.name},
          .told = kind.writes.items[0],
          .stage = slurm::Stage::lgn,
          .parallel = false};
}

const std::vector<slurm::Maker>& makers() {
  static const std::vector<slurm::Maker> list{
      {.command = {"adjust"},
       .kind = &adjust_kind(),
       .may_be_given = "network/v1_v1_edges_adjusted.h5",
       .without_it = {"--tables-only"}},
      // The network's own table stays: it is what the tuning reads.
      {.command = {"tune", "background"},
       .kind = &kind_named("background", tune_kinds()),
       .arguments = {"--adjusted-only"}},
      {.command = {"nodesets", "outgoing-weight"}, .kind = &kind_named("outgoing-weight", node_set_kinds())},
      {.command = {"nodesets", "celltype-highlow"},
       .kind = &kind_named("celltype-highlow", node_set_kinds())},
      {.command = {"nodesets", "celltypes"}, .kind = &kind_named("celltypes", node_set_kinds())},
      {.command = {"metrics", "receptive-field"},
       .kind = &structural_fields_kind(),
       .arguments = {"--from", "structure"},
       .stage = slurm::Stage::metrics},
      pictures(sparse_noise_pictures),
      pictures(white_noise_pictures)};
  return list;
}

/// As the reference's Snakefile calls them.
const std::vector<slurm::OtherName>& other_names() {
  static const std::vector<slurm::OtherName> list{
      {"figures/OSI_DSI_{option}.png", "odsi"},
      {"figures/contrast_responsive_cells_{option}.png", "responders"},
      {"figures/response_correlation_{option}.png", "correlation"},
      {"output_{option}/raster_and_spectra_by_tuning_angle.png", "raster", {"--cells", "core", "--spectra"}}};
  return list;
}

/// Of the reference's ten networks, as its Snakefile calls them.
const std::vector<slurm::Aggregate>& aggregates() {
  static const std::vector<slurm::Aggregate> list = [] {
    std::vector<std::string> networks;
    for (int k = 0; k < 10; ++k) networks.push_back(fmt::format("core_nll_{}", k));
    return std::vector<slurm::Aggregate>{
        {"aggregated_response_correlation/{option}.png", "correlation", "correlation", networks,
         metrics::pooled_name},
        {"aggregate_spectra/{option}.png", "spectra", "spectra", networks, metrics::pooled_name}};
  }();
  return list;
}

interventions::Silencing silencing_of(const std::vector<interventions::Silencing>& table,
                                      const slurm::Condition& condition) {
  return *std::ranges::find(table, condition.name, &interventions::Silencing::condition);
}

}  // namespace

slurm::ConditionRules condition_rules() {
  auto table = interventions::read_silencing_table({});
  slurm::ConditionRules rules{
      .conditions = {},
      .command = {"nodesets", "silence"},
      .arguments = {"--overwrite"},
      .planned_config = {},
      .comparison = "suppression",
      .comparison_reads = {{metrics::nodes_file, metrics::node_types_file, metrics::odsi_files.items[0],
                            metrics::sparsity_files.items[0]}},
      .comparison_writes = metrics::suppression_files,
      .comparison_arguments = [](const slurm::Condition& condition) {
        return std::vector<std::string>{"--targets", condition.cohort, "--baseline", condition.option};
      }};
  for (const auto& each : table)
    rules.conditions.push_back(
        {each.condition, each.option, std::filesystem::path("node_sets") / each.node_set_file});
  rules.planned_config = [table = std::move(table)](const slurm::Condition& condition,
                                                    const io::Json& option_config,
                                                    const std::filesystem::path& file) {
    return interventions::silenced_config(option_config, file, silencing_of(table, condition), {});
  };
  return rules;
}

const slurm::TableRules& table_rules() {
  static const slurm::TableRules rules{.paradigm_metrics = &metric_rules(),
                                       .metrics = metric_kinds(),
                                       .figures = figure_kinds(),
                                       .report = &report_kind(),
                                       .makers = makers(),
                                       .other_names = other_names(),
                                       .aggregates = aggregates()};
  return rules;
}

}  // namespace striate::workflows
