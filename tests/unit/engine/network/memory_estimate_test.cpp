// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/memory_estimate.hpp"

#include <catch2/catch.hpp>

using namespace striate;
using engine::estimate_memory;

namespace {

constexpr engine::NetworkSizes full{
    .neurons = 203'816, .nodes = 221'316, .synapses = 181'000'000, .largest_edge_file = 75'000'000};

std::uint64_t bytes_of(const engine::NetworkSizes& sizes, int ranks) {
  return estimate_memory(sizes, {.total = ranks, .on_node = ranks}).bytes_per_rank;
}

}  // namespace

TEST_CASE("the memory of a simulation is about what it was measured to be") {
  // Largest resident set of `simulate full`: 1500 MB on one rank, 793 MB on each of two.
  CHECK(static_cast<double>(bytes_of(full, 1)) == Approx(1.50e9).epsilon(0.15));
  CHECK(static_cast<double>(bytes_of(full, 2)) == Approx(0.793e9).epsilon(0.15));
}

TEST_CASE("what a rank reads of files shrinks with its share") {
  const engine::NetworkSizes edges{.neurons = 0, .nodes = 0, .synapses = 0, .largest_edge_file = 60'000};
  const auto reading = bytes_of(edges, 1) - bytes_of({}, 1);
  CHECK(reading > 4'000'000);
  CHECK(bytes_of(edges, 100) - bytes_of({}, 100) < reading / 50);
  // Larger files are read in pieces.
  const engine::NetworkSizes more{
      .neurons = 0, .nodes = 0, .synapses = 0, .largest_edge_file = 1'000'000'000};
  CHECK(bytes_of(more, 1) - bytes_of({}, 1) < 2 * reading);
}

TEST_CASE("ranks of a node share the program") {
  // 256 ranks of `tiny` together took 4.4 GB.
  const engine::NetworkSizes tiny{
      .neurons = 1141, .nodes = 18'641, .synapses = 500'000, .largest_edge_file = 300'000};
  const auto alone = estimate_memory(tiny, {.total = 1, .on_node = 1});
  CHECK(engine::bytes_on_node(alone) == alone.bytes_per_rank);
  const auto many = estimate_memory(tiny, {.total = 256, .on_node = 256});
  CHECK(engine::bytes_on_node(many) < 9'000'000'000);
  CHECK(engine::bytes_on_node(many) > 4'400'000'000);
  const auto over_nodes = estimate_memory(tiny, {.total = 256, .on_node = 2});
  CHECK(over_nodes.bytes_per_rank == many.bytes_per_rank);
  CHECK(engine::bytes_on_node(over_nodes) < 150'000'000);
}
