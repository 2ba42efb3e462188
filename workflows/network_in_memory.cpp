// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/network_in_memory.hpp"

#include <algorithm>
#include <memory>

#include "builder/build_estimate.hpp"
#include "builder/edges/make_edges.hpp"
#include "builder/files/components.hpp"
#include "builder/files/node_writer.hpp"
#include "builder/files/outputs.hpp"
#include "builder/files/type_tables.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"

namespace striate::workflows {
namespace {

using builder::EdgeRows;

/// What edges are made from.
struct Workplace {
  builder::NetworkSpec spec;
  builder::V1Nodes nodes;
  builder::LgnNodes units;
  builder::ConnectionRule rule;
  builder::SourceGrid grid;
  std::vector<std::uint32_t> type_of_target;  ///< by node
  std::vector<std::uint32_t> type_of_source;  ///< of recurrent edges
};

std::shared_ptr<const Workplace> make_workplace(const builder::NetworkSpec& spec) {
  auto work = std::make_shared<Workplace>();
  work->spec = spec;
  work->nodes = builder::make_v1_nodes(work->spec);
  if (work->nodes.size() == 0 || work->nodes.size() >= builder::run_start)
    throw core::ConfigError("network '{}' has {} cells (1 to {} are possible)", spec.name, work->nodes.size(),
                            builder::run_start - 1);
  work->units = builder::make_lgn_nodes(work->spec.lgn, work->spec.seed);
  work->rule = builder::make_connection_rule(work->spec);
  work->grid = builder::make_source_grid(work->spec, work->nodes, work->rule);
  for (const auto model : work->nodes.model) {
    work->type_of_target.push_back(builder::first_type_id + model);
    work->type_of_source.push_back(builder::recurrent_type_offset(spec, spec.models[model].population));
  }
  for (const auto& warning : work->rule.warnings) core::log::warning("{}", warning);
  return work;
}

// --- edges -----------------------------------------------------------------------------------------------

/// Edges onto some targets with what turns them into rows of a file.
struct HeldEdges {
  EdgeRows rows;
  std::vector<std::uint32_t> targets;
  std::shared_ptr<const Workplace> work;
  bool type_depends_on_source;
};

template <bool with_weights>
void fill_slab(const HeldEdges& held, std::uint64_t first, std::uint64_t count, io::EdgeSlab& slab) {
  const auto& [rows, targets, work, by_source] = held;
  slab.first = first;
  slab.source_id.resize(count);
  slab.target_id.resize(count);
  slab.type_id.resize(count);
  const bool has_weights = !rows.weight.empty() || !rows.target_weight.empty();
  if (!with_weights || !has_weights)
    slab.syn_weight.reset();
  else if (!slab.syn_weight)
    slab.syn_weight.emplace();
  if (slab.syn_weight) slab.syn_weight->values.resize(count);
  const auto end = first + count;
  auto t =
      static_cast<std::size_t>(std::ranges::upper_bound(rows.first_row, first) - rows.first_row.begin()) - 1;
  for (auto row = first; row < end; ++t) {
    const auto stop = std::min(end, rows.first_row[t + 1]);
    for (; row < stop; ++row) {
      const auto i = row - first;
      const auto source = rows.source[row] & ~builder::run_start;
      slab.source_id[i] = source;
      slab.target_id[i] = targets[t];
      slab.type_id[i] = work->type_of_target[targets[t]] + (by_source ? work->type_of_source[source] : 0);
      if constexpr (with_weights)
        if (has_weights)
          slab.syn_weight->values[i] = rows.weight.empty() ? rows.target_weight[t] : rows.weight[row];
    }
  }
}

engine::MadeRows made_rows(HeldEdges edges) {
  const auto held = std::make_shared<const HeldEdges>(std::move(edges));
  return {.rows = held->rows.rows(),
          .read = [held](auto first, auto count, auto& slab) { fill_slab<true>(*held, first, count, slab); },
          .read_without_weights = [held](auto first, auto count,
                                         auto& slab) { fill_slab<false>(*held, first, count, slab); }};
}

/// Shows how far this rank is.
builder::EdgeProgress progress_of(const std::string& title, std::size_t targets, const core::Comm& comm) {
  const auto bar =
      std::make_shared<core::Progress>(title, static_cast<double>(targets), core::shows_progress(comm));
  return [bar](std::size_t done, std::size_t rows) {
    if (bar->due())
      bar->update(static_cast<double>(done),
                  fmt::format("{:.1f} M edges on this rank", static_cast<double>(rows) / 1e6));
  };
}

using Targets = std::span<const std::uint32_t>;
using Work = std::shared_ptr<const Workplace>;

EdgeRows recurrent_rows(const Work& work, Targets targets, double expected, const core::Comm& comm) {
  if (!work->spec.recurrent.enabled) return builder::no_edges(targets);
  return builder::make_recurrent_edges(work->spec, work->nodes, work->rule, work->grid, targets, expected,
                                       progress_of("recurrent", targets.size(), comm));
}

EdgeRows lgn_rows(const Work& work, Targets targets, double expected, const core::Comm& comm) {
  return builder::make_lgn_edges(work->spec, work->nodes, work->units, targets, expected,
                                 progress_of("LGN", targets.size(), comm));
}

EdgeRows background_rows(const Work& work, Targets targets, double, const core::Comm&) {
  return builder::make_background_edges(work->spec, targets);
}

using MakeRows = EdgeRows (*)(const Work& work, Targets targets, double expected, const core::Comm& comm);

engine::MadeEdges made_edges(const Work& work, const std::string& source, const std::string& types,
                             MakeRows make, double expected_rows, const core::Comm& comm) {
  const std::string name = source + "_to_v1";
  const builder::NetworkPaths paths;
  return {.file_name = paths.edges(source).filename().string(),
          .name = name,
          .source_population = source,
          .target_population = "v1",
          .types = io::TypeTable::parse(types, paths.edge_types(source).filename(), "edge_type_id"),
          .expected_rows = static_cast<std::uint64_t>(expected_rows),
          .make = [=, &comm](Targets targets) {
            auto rows = make(work, targets, expected_rows / comm.size(), comm);
            return made_rows({.rows = std::move(rows),
                              .targets = {targets.begin(), targets.end()},
                              .work = work,
                              .type_depends_on_source = source == "v1"});
          }};
}

// --- nodes -----------------------------------------------------------------------------------------------

engine::MadeNodes made_nodes(const std::string& name, const std::string& types,
                             const builder::NodeTable& table) {
  const builder::NetworkPaths paths;
  std::map<std::string, std::vector<double>> attributes;
  for (const auto& column : table.columns)
    attributes.emplace(column.name, std::vector<double>(column.values.begin(), column.values.end()));
  return {
      .file_name = paths.nodes(name).filename().string(),
      .population = io::make_node_population(
          name, table.type_id, io::TypeTable::parse(types, paths.node_types(name).filename(), "node_type_id"),
          std::move(attributes))};
}

engine::ComponentTexts texts_of(const std::vector<builder::ComponentFile>& files) {
  engine::ComponentTexts texts;
  for (const auto& file : files) texts.emplace(file.name, io::Json::parse(file.text));
  return texts;
}

}  // namespace

engine::MadeNetwork make_network(const builder::NetworkSpec& spec, const core::Comm& comm) {
  const auto work = make_workplace(spec);
  const auto estimate =
      builder::estimate_build(spec, work->nodes, work->rule, work->grid, work->units, {}, comm);
  const double recurrent = spec.recurrent.enabled ? estimate.recurrent_edges : 0.0;
  engine::MadeNetwork network{.name = spec.name,
                              .nodes = {},
                              .edges = {},
                              .cell_models = texts_of(builder::cell_model_files(spec)),
                              .synaptic_models = texts_of(builder::synaptic_model_files(spec))};
  const std::vector<double> zeros(static_cast<std::size_t>(spec.background.units), 0.0);
  network.nodes.push_back(
      made_nodes("v1", builder::v1_node_types(spec), builder::v1_node_table(spec, work->nodes)));
  network.nodes.push_back(
      made_nodes("lgn", builder::lgn_node_types(spec), builder::lgn_node_table(work->units)));
  network.nodes.push_back(
      made_nodes("bkg", builder::background_node_types(), builder::background_node_table(zeros)));
  network.edges.push_back(
      made_edges(work, "v1", builder::recurrent_edge_types(spec), recurrent_rows, recurrent, comm));
  network.edges.push_back(
      made_edges(work, "lgn", builder::lgn_edge_types(spec), lgn_rows, estimate.lgn_rows, comm));
  network.edges.push_back(made_edges(work, "bkg", builder::background_edge_types(spec), background_rows,
                                     estimate.background_edges, comm));
  return network;
}

}  // namespace striate::workflows
