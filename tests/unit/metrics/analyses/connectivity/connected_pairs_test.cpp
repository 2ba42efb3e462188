// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/connectivity/connected_pairs.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "core/errors/error.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

constexpr std::size_t reach = 250;

struct Made {
  Made() {
    std::mt19937 random(5);
    const char* names[] = {"e4Rorb", "i4Sst", "e5ET"};
    for (int i = 0; i < 40; ++i)
      cells.push_back({names[i % 3], static_cast<double>(random() % 320) - 160,
                       static_cast<double>(random() % 320) - 160, 0});
    cells[3].x = cells[6].x = 10;  // two cells in one place
    cells[3].z = cells[6].z = 20;
    for (int i = 0; i < 900; ++i)
      edges.push_back({random() % 40, random() % 40, 1});  // some twice, some loops
    test::write_network(folder.path(), cells);
    test::write_edges(folder.path(), "", edges);
  }
  ConnectedPairs count(std::uint64_t block_rows, std::uint64_t most_bits) const {
    return count_connected_pairs({.edges_file = v1_edge_file(folder.path(), "plain"),
                                  .reach_um = reach,
                                  .block_rows = block_rows,
                                  .most_bits = most_bits},
                                 read_cells(folder.path(), {.radius_um = 150}), {});
  }

  TemporaryFolder folder;
  std::vector<test::TestCell> cells;
  std::vector<test::TestEdge> edges;
};

}  // namespace

TEST_CASE("connected pairs, pairs connected both ways and partners are those of a set of pairs") {
  const Made made;
  const auto counts = made.count(1000, 1u << 20);
  const auto cells = read_cells(made.folder.path(), {.radius_um = 150});
  const auto core = core_rows(cells);
  REQUIRE(core.size() > 10);
  REQUIRE(core.size() < 38);
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> synapses;
  for (const auto& edge : made.edges)
    if (edge.source != edge.target) ++synapses[{edge.source, edge.target}];
  ConnectedPairs expected;
  expected.types = counts.types;
  expected.reach_um = reach;
  for (auto* sums :
       {&expected.pairs, &expected.connected, &expected.synapses, &expected.sizes, &expected.both_ways})
    sums->assign(counts.pairs.size(), 0);
  for (auto* sums : {&expected.sources, &expected.synapses_in, &expected.targets, &expected.synapses_out})
    sums->assign(core.size() * counts.types, 0);
  for (std::size_t i = 0; i < cells.size(); ++i)
    for (std::size_t j = 0; j < cells.size(); ++j) {
      const auto found = synapses.find({i, j});
      const bool connected = found != synapses.end();
      const auto s = cells.type[i], t = cells.type[j];
      const auto place = [&](std::size_t row) {
        return static_cast<std::size_t>(std::ranges::find(core, row) - core.begin());
      };
      if (connected && cells.core[j] != 0) {
        ++expected.sources[place(j) * counts.types + s];
        expected.synapses_in[place(j) * counts.types + s] += found->second;
      }
      if (connected && cells.core[i] != 0) {
        ++expected.targets[place(i) * counts.types + t];
        expected.synapses_out[place(i) * counts.types + t] += found->second;
      }
      const double r = std::hypot(cells.x[i] - cells.x[j], cells.z[i] - cells.z[j]);
      if (i == j || cells.core[i] == 0 || cells.core[j] == 0 || r >= reach) continue;
      const auto at = counts.place(s, t, static_cast<std::size_t>(r));
      ++expected.pairs[at];
      expected.sizes[at] += ConnectedPairs::size_unit;  // the nodes have none
      if (!connected) continue;
      ++expected.connected[at];
      expected.synapses[at] += found->second;
      if (i < j && synapses.contains({j, i}))
        ++expected.both_ways[counts.place(std::min(s, t), std::max(s, t), static_cast<std::size_t>(r))];
    }
  CHECK(counts.pairs == expected.pairs);
  CHECK(counts.connected == expected.connected);
  CHECK(counts.synapses == expected.synapses);
  CHECK(counts.sizes == expected.sizes);
  CHECK(counts.both_ways == expected.both_ways);
  CHECK(counts.sources == expected.sources);
  CHECK(counts.synapses_in == expected.synapses_in);
  CHECK(counts.targets == expected.targets);
  CHECK(counts.synapses_out == expected.synapses_out);
  CHECK(std::ranges::count_if(expected.both_ways, [](auto n) { return n > 0; }) > 5);
}

TEST_CASE("blocks of edges and parts of the pairs change no count") {
  const Made made;
  const auto whole = made.count(1000, 1u << 20);
  for (const std::uint64_t block : {50u, 899u})
    for (const std::uint64_t bits : {100u, 500u}) {
      const auto counts = made.count(block, bits);
      INFO(block << " rows, " << bits << " bits");
      CHECK(counts.connected == whole.connected);
      CHECK(counts.both_ways == whole.both_ways);
      CHECK(counts.sources == whole.sources);
      CHECK(counts.targets == whole.targets);
      CHECK(counts.synapses_in == whole.synapses_in);
    }
}

TEST_CASE("numbers of synapses are those of the file, 0 is no connection, parts of one are refused") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0, 0}, {"e4Rorb", 0, 30.5, 0}, {"i4Sst", 5, 0, 0}});
  const auto file = v1_edge_file(folder.path(), "plain");
  const auto count = [&](const std::vector<double>& synapses) {
    test::write_edges(folder.path(), "", {{0, 1, 1}, {1, 0, 1}, {2, 1, 1}});
    auto edges = io::h5::File::open_to_change(file);
    io::h5::write<double>(edges, "/edges/v1_to_v1/0/nsyns", synapses);
    edges.close();
    return count_connected_pairs({.edges_file = file, .reach_um = 100}, read_cells(folder.path(), {}), {});
  };
  const auto counts = count({3, 0, 2});
  CHECK(counts.connected[counts.place(0, 0, 30)] == 1);
  CHECK(counts.synapses[counts.place(0, 0, 30)] == 3);
  CHECK(counts.both_ways[counts.place(0, 0, 30)] == 0);
  CHECK(counts.synapses_in[1 * counts.types + 1] == 2);
  CHECK_THROWS_WITH(count({3, 1, 0.5}), Catch::Contains("number of synapses 0.5 in row 2"));
}
