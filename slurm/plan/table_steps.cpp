// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/table_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "slurm/plan/target_names.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

struct Kind {
  const char* name;  ///< of `striate metrics` or `striate plot`
  std::vector<const char*> files;
  std::vector<const char*> needs;
};

constexpr const char *nodes = "network/v1_nodes.h5", *types = "network/v1_node_types.csv",
                     *edges = "network/v1_v1_edges{appendix}.h5", *run = "output_{option}/spikes.h5",
                     *tuning = "metrics/OSI_DSI_DF_{option}.csv";

const std::vector<Kind>& tables() {
  static const std::vector<Kind> list{
      {"rates", {"metrics/rates_{option}.csv", "metrics/rates_by_type_{option}.csv"}, {nodes, types, run}},
      {"fano", {"metrics/fano_{option}.csv"}, {nodes, types, run}},
      {"weights",
       {"metrics/weight_distribution_{option}.csv", "metrics/outgoing_weight_cells_{option}.csv",
        "metrics/outgoing_weight_granular_core_to_core_full_{option}.csv",
        "metrics/outgoing_weight_granular_core_to_core_summary_{option}.csv"},
       {nodes, types, edges}},
      {"preferred-direction",
       {"metrics/preferred_direction_fits_{option}.csv", "metrics/preferred_direction_bins_{option}.csv"},
       {nodes, types, edges, tuning}},
      {"if-curves", {"metrics/if_curves_all.csv"}, {types}},
      {"target-current", {"metrics/target_currents.csv"}, {types, "metrics/if_curves_all.csv"}},
  };
  return list;
}

const std::vector<Kind>& figures() {
  static const std::vector<Kind> list{
      {"raster", {"figures/raster_{option}.png"}, {nodes, types, run}},
      {"lgn",
       {"figures/lgn.png"},
       {"network/lgn_nodes.h5", "network/lgn_node_types.csv", "filternet/spikes.h5"}},
      {"odsi", {"figures/odsi_{option}.png"}, {nodes, types, tuning, "metrics/similarity_{option}.csv"}},
      {"tuning", {"figures/tuning_{option}.png"}, {nodes, types, tuning, "metrics/Rates_DF_{option}.csv"}},
      {"contrast", {"figures/contrast_{option}.png"}, {"metrics/contrast_by_type_{option}.csv"}},
      {"responders", {"figures/responders_{option}.png"}, {"metrics/contrast_responsive_cells_{option}.csv"}},
      {"preferred-direction",
       {"figures/preferred-direction_{option}.png"},
       {"metrics/preferred_direction_fits_{option}.csv"}},
      {"correlation", {"figures/correlation_{option}.png"}, {"metrics/correlation_pairs_{option}.csv"}},
      {"suppression", {"figures/suppression_{option}.png"}, {"metrics/suppression_mean_{option}.csv"}},
      {"spectra", {"figures/spectra_{option}.png"}, {"contrasts_{option}/combined_spectra_700to2700.json"}},
      {"weights", {"figures/weights_{option}.png"}, {"metrics/weight_distribution_{option}.csv"}},
      {"fano", {"figures/fano_{option}.png"}, {"metrics/fano_{option}.csv"}},
  };
  return list;
}

constexpr const char* report_page = "figures/report_{option}.html";

struct Found {
  const Kind* kind = nullptr;
  std::string option;  ///< empty: the kind has none
};

std::optional<Found> find(const std::vector<Kind>& kinds, const std::string& text,
                          const std::vector<std::string>& options) {
  for (const auto& kind : kinds)
    for (const std::string pattern : kind.files) {
      if (pattern == text) return Found{&kind, {}};
      if (const auto option = option_in(pattern, text, options)) return Found{&kind, *option};
    }
  return std::nullopt;
}

std::vector<fs::path> filled_in(const NetworkDirectory& network, const std::vector<const char*>& patterns,
                                const std::string& option) {
  std::vector<fs::path> paths;
  for (const auto* pattern : patterns) paths.push_back(network.base() / filled_in_option(pattern, option));
  return paths;
}

MadeStep step_of(const NetworkDirectory& network, const char* command, Stage stage, const Found& found) {
  MadeStep made{.step = {.stage = stage,
                         .label = fmt::format("{} of {}{}{}", found.kind->name, network.base(),
                                              found.option.empty() ? "" : " ", found.option),
                         .inputs = filled_in(network, found.kind->needs, found.option),
                         .outputs = filled_in(network, found.kind->files, found.option),
                         .arguments = {command, found.kind->name, network.base()},
                         .parallel = stage == Stage::metrics}};
  if (!found.option.empty()) made.step.arguments.push_back(found.option);
  return made;
}

/// The page shows what there is: tables of the option that exist are inputs, the single run must be there.
MadeStep report_step(const NetworkDirectory& network, const std::string& option) {
  const auto& base = network.base();
  MadeStep made{.step = {.stage = Stage::figures,
                         .label = fmt::format("report of {} {}", base, option),
                         .inputs = filled_in(network, {nodes, types, run}, option),
                         .outputs = filled_in(network, {report_page}, option),
                         .arguments = {"report", base, option}}};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(base / "metrics", ignored))
    if (entry.path().extension() == ".csv" && entry.path().stem().string().ends_with("_" + option))
      made.step.inputs.push_back(entry.path());
  std::sort(made.step.inputs.begin() + 3, made.step.inputs.end());
  return made;
}

}  // namespace

std::optional<MadeStep> table_step(const NetworkDirectory& network, const fs::path& rest) {
  const auto found = find(tables(), rest, network.options());
  if (!found) return std::nullopt;
  return step_of(network, "metrics", Stage::metrics, *found);
}

std::optional<MadeStep> figure_step(const NetworkDirectory& network, const fs::path& rest) {
  if (const auto option = option_in(report_page, rest, network.options()))
    return report_step(network, *option);
  const auto suffix = rest.extension();
  if (suffix != ".png" && suffix != ".svg" && suffix != ".pdf") return std::nullopt;
  const auto found = find(figures(), fs::path(rest).replace_extension(".png"), network.options());
  if (!found) return std::nullopt;
  auto made = step_of(network, "plot", Stage::figures, *found);
  made.step.label = "picture: " + made.step.label;
  made.step.outputs = {network.base() / rest};
  if (suffix != ".png") {
    made.step.label += " (" + suffix.string().substr(1) + ")";
    made.step.arguments.insert(made.step.arguments.end(), {"-o", made.step.outputs.front().string()});
  }
  return made;
}

std::vector<std::string> table_targets(const std::string& option) {
  std::vector<std::string> names{filled_in_option(report_page, option)};
  for (const auto* kinds : {&tables(), &figures()})
    for (const auto& kind : *kinds)
      for (const auto* file : kind.files) names.push_back(filled_in_option(file, option));
  return names;
}

}  // namespace striate::slurm
