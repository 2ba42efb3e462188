// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/delivery.hpp"

#include <catch2/catch.hpp>

#include "core/values/random.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr std::uint32_t neuron_count = 40;

InputTiles make_tiles(std::uint32_t steps, std::uint32_t tile_lids) {
  GlifParameters parameters;
  const std::uint32_t count[] = {neuron_count};
  return make_input_tiles(make_neurons({make_propagators(parameters, core::TimeGrid{0.25})}, count), steps,
                          tile_lids);
}

struct Edge {
  std::uint32_t source, target, delay;
  double weight;
};

SpikeSource make_source(const std::vector<Edge>& edges, const InputTiles& tiles) {
  SynapseTableBuilder builder(64);
  for (const auto& e : edges) builder.count(e.source);
  builder.begin(SynapseTableBuilder::WeightType::float64, {1, 2, 3, 7}, tiles.cells());
  for (const auto& e : edges) builder.add(e.source, e.delay, tiles.cell(0, {e.target}), e.weight);
  return make_spike_source(builder.finish(), tiles);
}

/// What neurons get in steps [0, steps), [step][lid], when `count` steps are done at once.
std::vector<std::vector<double>> inputs_of(SpikeSource& source, InputTiles& tiles, core::Step steps,
                                           std::uint32_t count, std::uint64_t& events) {
  std::vector<std::vector<double>> result;
  for (core::Step first = 0; first < steps; first += count) {
    const auto n = static_cast<std::uint32_t>(std::min<core::Step>(count, steps - first));
    result.resize(static_cast<std::size_t>(first) + n, std::vector<double>(neuron_count));
    events += begin_delivery(source, tiles, first, n);
    for (std::uint32_t tile = 0; tile < tiles.tiles; ++tile) {
      deliver_to_tile(source, tiles, tile);
      for (std::uint32_t slot = 0; slot < n; ++slot)
        for (std::uint32_t lid = tiles.first_lid(tile); lid < tiles.end_lid(tile, neuron_count); ++lid)
          result[static_cast<std::size_t>(first) + slot][lid] =
              tiles.weights[slot * tiles.tile_cells + lid - tiles.first_lid(tile)];
      std::fill(tiles.weights.begin(), tiles.weights.end(), 0.0);
    }
  }
  return result;
}

}  // namespace

TEST_CASE("a spike with stamp s through delay d is read by step index s + d - 1") {
  auto tiles = make_tiles(4, 8);
  auto source = make_source({{5, 0, 1, 1.0}, {5, 9, 2, 2.0}, {5, 39, 7, 4.0}, {6, 0, 1, 8.0}}, tiles);
  set_spikes(source, {{.row = 0, .stamp = 5}});
  std::uint64_t events = 0;
  const auto inputs = inputs_of(source, tiles, 14, 4, events);
  std::vector<std::vector<double>> expected(14, std::vector<double>(neuron_count));
  expected[5][0] = 1.0;
  expected[6][9] = 2.0;
  expected[11][39] = 4.0;
  CHECK(inputs == expected);
  CHECK(events == 3);
}

TEST_CASE("inputs are the same, bit for bit, for all tiles, methods and numbers of steps at once") {
  core::RandomStream random(1, core::Purpose::test, 0);
  constexpr std::uint32_t delays[] = {1, 2, 3, 7};
  std::vector<Edge> edges;
  for (int i = 0; i < 3000; ++i)
    edges.push_back({.source = random() % 50,
                     .target = random() % neuron_count,
                     .delay = delays[random() % 4],
                     .weight = random.normal()});
  std::vector<RowSpike> spikes;
  for (core::Step stamp = 1; stamp <= 60; ++stamp)
    for (std::uint32_t row = 0; row < 50; ++row)
      if (random() % 8 == 0) spikes.push_back({.row = row, .stamp = stamp});

  const auto run = [&](std::uint32_t steps, std::uint32_t tile_lids, DeliveryMethod method) {
    auto tiles = make_tiles(steps, tile_lids);
    auto source = make_source(edges, tiles);
    source.method = method;
    set_spikes(source, spikes);
    std::uint64_t events = 0;
    const auto inputs = inputs_of(source, tiles, 70, steps, events);
    CHECK(events > 20'000);
    return inputs;
  };
  const auto whole = run(1, 64, DeliveryMethod::sweep);
  for (const std::uint32_t steps : {1u, 4u, 16u})
    for (const std::uint32_t tile_lids : {8u, 16u, 64u})
      for (const auto method : {DeliveryMethod::sweep, DeliveryMethod::bins})
        CHECK(run(steps, tile_lids, method) == whole);
}

TEST_CASE("spikes are forgotten once they have passed all delays, and only then") {
  auto tiles = make_tiles(4, 8);
  auto source = make_source({{0, 3, 1, 1.0}, {0, 4, 7, 1.0}}, tiles);
  double sum = 0;
  for (core::Step first = 0; first < 40'000; first += 4) {
    begin_delivery(source, tiles, first, 4);
    for (std::uint32_t tile = 0; tile < tiles.tiles; ++tile) {
      deliver_to_tile(source, tiles, tile);
      for (auto& weight : tiles.weights) sum += std::exchange(weight, 0.0);
    }
    const RowSpike now[] = {{.row = 0, .stamp = first + 4}};
    add_spikes(source, now);
  }
  // The last spike has stamp 40'000; stamps through 1 step must be below 40'000, through 7 below 39'994.
  CHECK(sum == 9999 + 9998);
  CHECK(source.spikes.size() < 5000);
}
