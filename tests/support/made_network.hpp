// SPDX-License-Identifier: BSD-3-Clause
// A random network of 61 cells in memory, driven from inside by one current each and from outside by seven
// virtual nodes, as the engine takes it: three cell models, two of them with several receptors, delays of 4
// to 9 steps, many edges between the same cells.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/values/random.hpp"
#include "engine/config/simulation_spec.hpp"
#include "engine/network/made_network.hpp"

namespace striate::test {

struct MadeEdge {
  std::uint32_t source, target, type;
  double weight;
};

inline constexpr std::uint32_t made_cells = 61, made_inputs = 7, made_edge_types = 6;
inline constexpr core::TimeGrid quarter{0.25};

inline std::vector<MadeEdge> random_edges(std::uint32_t sources, std::size_t count, std::uint64_t id) {
  core::RandomStream random(1, core::Purpose::test, id);
  std::vector<MadeEdge> edges;
  for (std::size_t i = 0; i < count; ++i)
    edges.push_back({.source = random() % sources,
                     .target = random() % made_cells,
                     .type = random() % made_edge_types,
                     .weight = 40.0 * random.normal()});
  std::ranges::stable_sort(edges, {}, [](const MadeEdge& e) { return std::pair(e.target, e.source); });
  return edges;
}

/// Edge types 0 to 5: delays of 1 to 2.25 ms, receptors 1 and 2.
inline io::TypeTable edge_type_table() {
  std::string text = "edge_type_id model_template dynamics_params delay syn_weight\n";
  for (std::uint32_t type = 0; type < made_edge_types; ++type)
    text += fmt::format("{} static_synapse {} {} 1.0\n", type, type % 2 == 0 ? "one.json" : "two.json",
                        1.0 + 0.25 * type);
  return io::TypeTable::parse(text, "edge_types.csv", "edge_type_id");
}

inline engine::MadeRows rows_of(std::vector<MadeEdge> edges) {
  const auto held = std::make_shared<const std::vector<MadeEdge>>(std::move(edges));
  const auto fill = [held](std::uint64_t first, std::uint64_t count, io::EdgeSlab& slab, bool weights) {
    slab = {};
    slab.first = first;
    if (weights) slab.syn_weight.emplace();
    for (auto row = first; row < first + count; ++row) {
      const auto& edge = (*held)[row];
      slab.source_id.push_back(edge.source);
      slab.target_id.push_back(edge.target);
      slab.type_id.push_back(edge.type);
      if (weights) slab.syn_weight->values.push_back(edge.weight);
    }
  };
  return {.rows = held->size(),
          .read = [fill](auto first, auto count, auto& slab) { fill(first, count, slab, true); },
          .read_without_weights = [fill](auto first, auto count,
                                         auto& slab) { fill(first, count, slab, false); }};
}

inline engine::MadeEdges made_edges(const std::string& source, std::vector<MadeEdge> edges) {
  return {.file_name = source + "_cells_edges.h5",
          .name = source + "_to_cells",
          .source_population = source,
          .target_population = "cells",
          .types = edge_type_table(),
          .expected_rows = edges.size(),
          .bytes_per_row = 8,
          .make = [edges](std::span<const std::uint32_t> targets) {
            std::vector<MadeEdge> mine;
            for (const auto& edge : edges)
              if (std::ranges::binary_search(targets, edge.target)) mine.push_back(edge);
            return rows_of(std::move(mine));
          }};
}

inline engine::MadeNetwork made_network(const std::vector<MadeEdge>& recurrent = random_edges(made_cells,
                                                                                              3000, 0),
                                        const std::vector<MadeEdge>& external = random_edges(made_inputs, 500,
                                                                                             1)) {
  std::vector<std::uint64_t> types;
  for (std::uint32_t i = 0; i < made_cells; ++i) types.push_back(1 + i * 7 % 3);
  const auto cells = io::TypeTable::parse(
      "node_type_id model_type model_template dynamics_params\n"
      "1 point_process nest:glif_psc_double_alpha a.json\n"
      "2 point_process nest:glif_psc_double_alpha b.json\n"
      "3 point_process nest:glif_psc_double_alpha c.json\n",
      "cells_node_types.csv", "node_type_id");
  const auto virtual_types =
      io::TypeTable::parse("node_type_id model_type\n9 virtual\n", "in_node_types.csv", "node_type_id");
  engine::MadeNetwork network{
      .name = "random", .nodes = {}, .edges = {}, .cell_models = {}, .synaptic_models = {}};
  network.nodes.push_back({"cells_nodes.h5", io::make_node_population("cells", types, cells, {})});
  network.nodes.push_back(
      {"in_nodes.h5",
       io::make_node_population("in", std::vector<std::uint64_t>(made_inputs, 9), virtual_types, {})});
  network.edges.push_back(made_edges("cells", recurrent));
  network.edges.push_back(made_edges("in", external));
  const auto synapses =
      io::Json::parse(R"({"tau_syn_fast": [1.7, 1.7], "tau_syn_slow": [4.4, 4.4], "amp_slow": [0.6, 0.6]})");
  for (const auto& [name, extra] : {std::pair{"a.json", R"({"V_th": -55})"},
                                    {"b.json", R"({"after_spike_currents": true, "C_m": 70, "V_th": -55})"},
                                    {"c.json", R"({"after_spike_currents": true, "C_m": 90, "V_th": -60,
                                                   "tau_syn_fast": [1.0, 2.5]})"}}) {
    io::Json model = synapses;
    model.update(io::Json::parse(extra));
    network.cell_models.emplace(name, model);
  }
  network.synaptic_models = {{"one.json", {{"receptor_type", 1}}}, {"two.json", {{"receptor_type", 2}}}};
  return network;
}

}  // namespace striate::test
