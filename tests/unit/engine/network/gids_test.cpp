// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/gids.hpp"

#include <catch2/catch.hpp>

using namespace striate::engine;

TEST_CASE("Neurons are numbered over populations that are all, partly or not neurons") {
  const std::vector<std::vector<bool>> populations{
      {}, {false, false}, {true, true, true}, {false, true, false, true}, {false}, {true, false, false},
      {}, {true, true}};
  Gids gids;
  std::uint32_t next = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> place;  // [gid]: population, node
  for (std::uint32_t p = 0; p < populations.size(); ++p) {
    for (std::uint32_t node = 0; node < populations[p].size(); ++node)
      if (populations[p][node]) place.emplace_back(p, node);
    CHECK(gids.add_population(populations[p]) == place.size());
  }
  for (std::uint32_t p = 0; p < populations.size(); ++p) {
    std::size_t virtual_nodes = 0;
    for (std::uint32_t node = 0; node < populations[p].size(); ++node) {
      CHECK(gids.of(p, node) == (populations[p][node] ? next++ : no_neuron));
      virtual_nodes += populations[p][node] ? 0u : 1u;
    }
    CHECK(gids.virtual_nodes(p) == virtual_nodes);
    CHECK(gids.has_neurons(p) == (virtual_nodes != populations[p].size()));
  }
  REQUIRE(next == place.size());
  for (std::uint32_t gid = 0; gid < place.size(); ++gid) {
    CHECK(gids.population_of(gid) == place[gid].first);
    CHECK(gids.node_of(gid) == place[gid].second);
  }
}
