// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/network_in_memory.hpp"

#include <algorithm>
#include <memory>

#include "builder/build_estimate.hpp"
#include "builder/edges/make_edges.hpp"
#include "builder/files/build_record.hpp"
#include "builder/files/components.hpp"
#include "builder/files/node_writer.hpp"
#include "builder/files/type_tables.hpp"
#include "builder/nodes/by_place.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/progress.hpp"

namespace striate::workflows {
namespace {

using builder::EdgeRows;

using Work = std::shared_ptr<const builder::Workplace>;

// --- edges -----------------------------------------------------------------------------------------------

/// Edges onto some targets with what turns them into rows of a file.
struct HeldEdges {
  EdgeRows rows;
  std::vector<std::uint32_t> targets;
  std::shared_ptr<const builder::EdgeTypeIds> types;
};

/// Whose types are asked for in time: sources follow each other in no order.
constexpr std::size_t sources_ahead = 32;

template <bool with_weights>
void fill_slab(const HeldEdges& held, std::uint64_t first, std::uint64_t count, io::EdgeSlab& slab) {
  const auto& [rows, targets, types] = held;
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
      if (row + sources_ahead < stop) types->prefetch(rows.source[row + sources_ahead] & ~builder::run_start);
      const auto i = row - first;
      const auto source = rows.source[row] & ~builder::run_start;
      slab.source_id[i] = source;
      slab.target_id[i] = targets[t];
      slab.type_id[i] = types->of(source, targets[t]);
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

struct EdgePlan {
  std::string source, type_table;
  builder::EdgeTypeIds types;
  MakeRows make;
  double expected_rows;
  std::uint64_t bytes_per_row;  ///< of EdgeRows
};

engine::MadeEdges made_edges(const Work& work, EdgePlan plan, const core::Comm& comm) {
  const auto types = std::make_shared<const builder::EdgeTypeIds>(std::move(plan.types));
  return {
      .file_name = core::edges_file_name(plan.source),
      .name = core::edges_onto_v1(plan.source),
      .source_population = plan.source,
      .target_population = core::v1_population,
      .types = io::TypeTable::parse(plan.type_table, core::edge_types_file_name(plan.source), "edge_type_id"),
      .expected_rows = static_cast<std::uint64_t>(plan.expected_rows),
      .bytes_per_row = plan.bytes_per_row,
      .make = [work, types, make = plan.make, expected = plan.expected_rows, &comm](Targets targets) {
        auto order = builder::by_place(work->nodes, targets);
        auto rows = make(work, order, expected / comm.size(), comm);
        return made_rows({.rows = std::move(rows), .targets = std::move(order), .types = types});
      }};
}

// --- nodes -----------------------------------------------------------------------------------------------

/// The columns of `table` belong to `owner`.
engine::MadeNodes made_nodes(const std::string& name, const std::string& types,
                             const builder::NodeTable& table, const std::shared_ptr<const void>& owner) {
  std::map<std::string, io::AttributeInMemory> attributes;
  for (const auto& column : table.columns)
    attributes.emplace(column.name, [owner, values = column.values] {
      return std::vector<double>(values.begin(), values.end());
    });
  return {
      .file_name = core::nodes_file_name(name),
      .population = io::make_node_population(
          name, table.type_id, io::TypeTable::parse(types, core::node_types_file_name(name), "node_type_id"),
          std::move(attributes))};
}

engine::ComponentTexts texts_of(const std::vector<builder::ComponentFile>& files) {
  engine::ComponentTexts texts;
  for (const auto& file : files) texts.emplace(file.name, io::Json::parse(file.text));
  return texts;
}

}  // namespace

engine::MadeNetwork make_network(const builder::NetworkSpec& spec, const core::Comm& comm) {
  const auto work =
      std::make_shared<const builder::Workplace>(builder::make_workplace(spec, builder::make_v1_nodes(spec)));
  for (const auto& warning : work->rule.warnings) core::log::warning("{}", warning);
  const auto estimate = builder::estimate_build(*work, {}, comm);
  engine::MadeNetwork network{.name = spec.name,
                              .nodes = {},
                              .edges = {},
                              .cell_models = texts_of(builder::cell_model_files(spec)),
                              .synaptic_models = texts_of(builder::synaptic_model_files(spec)),
                              .attributes = builder::attributes_of(spec, builder::Parts{}.source_index)};
  const auto zeros = std::make_shared<const std::vector<double>>(spec.background.units, 0.0);
  network.nodes.push_back(made_nodes(core::v1_population, builder::v1_node_types(spec),
                                     builder::v1_node_table(spec, work->nodes), work));
  network.nodes.push_back(made_nodes(core::lgn_population, builder::lgn_node_types(spec),
                                     builder::lgn_node_table(work->units), work));
  network.nodes.push_back(made_nodes(core::background_population, builder::background_node_types(),
                                     builder::background_node_table(*zeros), zeros));
  const auto add = [&](EdgePlan plan) { network.edges.push_back(made_edges(work, std::move(plan), comm)); };
  add({.source = core::v1_population,
       .type_table = builder::recurrent_edge_types(spec),
       .types = builder::recurrent_type_ids(spec, work->nodes),
       .make = recurrent_rows,
       .expected_rows = spec.recurrent.enabled ? estimate.recurrent_edges : 0.0,
       .bytes_per_row = 8});
  add({.source = core::lgn_population,
       .type_table = builder::lgn_edge_types(spec),
       .types = builder::input_type_ids(spec, work->nodes),
       .make = lgn_rows,
       .expected_rows = estimate.lgn_rows,
       .bytes_per_row = 4});
  add({.source = core::background_population,
       .type_table = builder::background_edge_types(spec),
       .types = builder::input_type_ids(spec, work->nodes),
       .make = background_rows,
       .expected_rows = estimate.background_edges,
       .bytes_per_row = 4});
  return network;
}

}  // namespace striate::workflows
