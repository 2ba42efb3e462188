// SPDX-License-Identifier: BSD-3-Clause
// Rows as builders make them, and the file they were written to against a plain list of edges.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <span>
#include <vector>

#include "builder/files/edge_writer.hpp"
#include "core/values/random.hpp"
#include "io/sonata/edges.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::test {

struct FileEdge {
  std::uint32_t source, target;
  float weight;
};

/// Targets in order; some have no edge, and some edges are many between the same cells.
inline std::vector<FileEdge> random_file_edges(std::uint32_t sources, std::uint32_t targets,
                                               std::uint32_t most) {
  std::vector<FileEdge> edges;
  for (std::uint32_t target = 0; target < targets; ++target) {
    core::RandomStream random(3, core::Purpose::test, target);
    std::map<std::uint32_t, std::uint32_t> of_source;
    if (target % 5 != 2)
      for (auto i = random() % most; i-- > 0;) of_source[random() % sources] += 1 + random() % 3;
    for (const auto& [source, count] : of_source)
      for (std::uint32_t i = 0; i < count; ++i)
        edges.push_back({source, target, static_cast<float>(random() % 1000) / 8 - 50});
  }
  return edges;
}

/// The rows of the targets [first, end).
inline builder::EdgeRows rows_of_targets(const std::vector<FileEdge>& edges, std::uint64_t first,
                                         std::uint64_t end) {
  builder::EdgeRows rows;
  rows.first_target = first;
  auto edge = std::ranges::lower_bound(edges, first, {}, &FileEdge::target);
  for (auto target = first; target < end; ++target) {
    for (std::uint32_t before = builder::run_start; edge != edges.end() && edge->target == target; ++edge) {
      rows.source.push_back(edge->source | (edge->source == before ? 0 : builder::run_start));
      rows.weight.push_back(edge->weight);
      before = edge->source;
    }
    rows.end_target();
  }
  return rows;
}

/// Models of nodes, which take turns.
inline std::span<const std::uint32_t> models_in_turn(std::uint32_t models, std::uint32_t nodes) {
  static std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> all;
  auto& of_node = all[{models, nodes}];
  for (std::uint32_t node = 0; of_node.size() < nodes; ++node) of_node.push_back(node % models);
  return of_node;
}

inline builder::EdgeFile edge_file(const std::filesystem::path& path, std::uint32_t sources,
                                   std::uint32_t targets) {
  builder::EdgeFile file{.path = path,
                         .source_population = "a",
                         .target_population = "b",
                         .source_count = sources,
                         .target_count = targets,
                         .types = {.target_model = models_in_turn(7, targets),
                                   .source_model = models_in_turn(3, sources),
                                   .of_target = {},
                                   .of_source = {0, 1000, 2000}}};
  for (std::uint32_t model = 0; model < 7; ++model) file.types.of_target.push_back(100 + model);
  return file;
}

/// All that the file says, below its temporary name, is what `edges` say.
inline void check_edge_file(const builder::EdgeFile& layout, const std::vector<FileEdge>& edges) {
  const auto path = io::incomplete_name(layout.path);
  const io::EdgePopulation population(path, "a_to_b");
  REQUIRE(population.size() == edges.size());
  CHECK(population.source_population() == "a");
  CHECK(population.target_population() == "b");
  const auto slab = population.read(0, edges.size());
  REQUIRE(slab.syn_weight.has_value());
  std::size_t wrong = 0;
  for (std::size_t row = 0; row < edges.size(); ++row) {
    const auto& edge = edges[row];
    wrong += slab.source_id[row] != edge.source || slab.target_id[row] != edge.target ||
             slab.type_id[row] != 1000 * (edge.source % 3) + 100 + edge.target % 7 ||
             slab.syn_weight->values[row] != double{edge.weight};
  }
  CHECK(wrong == 0);

  // Each index gives every node its rows, all of them and no other.
  const auto file = io::h5::File::open(path);
  const auto check_index = [&](const std::string& name, std::uint64_t nodes, const auto& end_of) {
    const std::string at = "/edges/a_to_b/indices/" + name + "/";
    const auto ranges = io::h5::read_table<std::uint64_t>(file, at + "node_id_to_range", 2);
    const auto rows = io::h5::read_table<std::uint64_t>(file, at + "range_to_edge_id", 2);
    REQUIRE(ranges.size() == 2 * nodes);
    CHECK(io::h5::read_table<std::uint64_t>(file, at + "node_id_to_ranges", 2) == ranges);
    std::uint64_t covered = 0;
    std::size_t strange = 0;
    for (std::uint64_t node = 0; node < nodes; ++node)
      for (auto range = ranges[2 * node]; range < ranges[2 * node + 1]; ++range)
        for (auto row = rows[2 * range]; row < rows[2 * range + 1]; ++row, ++covered)
          strange += end_of(edges.at(row)) != node;
    CHECK(strange == 0);
    CHECK(covered == edges.size());
  };
  check_index("source_to_target", layout.source_count, [](const FileEdge& e) { return e.source; });
  check_index("target_to_source", layout.target_count, [](const FileEdge& e) { return e.target; });
}

}  // namespace striate::test
