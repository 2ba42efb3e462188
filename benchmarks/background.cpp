// SPDX-License-Identifier: BSD-3-Clause
// Background input: a hundred Poisson trains of 250 Hz, four of which each cell hears with one weight.
// Question: is it cheaper to ask each cell for its four trains than to deliver each spike to its four
// thousand cells? The order of additions stays: a weight is added as often as spikes arrive.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>

#include "core/values/random.hpp"
#include "engine/machine/delivery.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr std::uint32_t cells = 100'000, units = 100, units_of_cell = 4, steps = 4, delay = 4,
                        tile_lids = 2048;
constexpr double spikes_of_step = units * 250.0 * 0.25e-3;

InputTiles make_tiles() {
  GlifParameters parameters;
  const std::uint32_t counts[] = {cells};
  return make_input_tiles(make_neurons({make_propagators(parameters, core::TimeGrid{0.25}, Ports::merged)},
                                       counts, Ports::merged),
                          steps, tile_lids);
}

/// [cell * units_of_cell]
std::vector<std::uint8_t> choose_units() {
  core::RandomStream random(1, core::Purpose::test, 0);
  std::vector<std::uint8_t> chosen(std::size_t{cells} * units_of_cell);
  for (auto& unit : chosen) unit = static_cast<std::uint8_t>(random() % units);
  return chosen;
}

/// Spikes of one interval, by (stamp, row).
std::vector<RowSpike> draw_spikes(core::RandomStream& random, core::Step now) {
  std::vector<RowSpike> spikes(static_cast<std::size_t>(spikes_of_step * steps));
  for (auto& spike : spikes) spike = {.row = random() % units, .stamp = now + 1 + random() % steps};
  std::ranges::sort(spikes, {}, [](const RowSpike& s) { return std::pair(s.stamp, s.row); });
  return spikes;
}

void background_by_spike(benchmark::State& state) {
  auto tiles = make_tiles();
  const auto chosen = choose_units();
  SynapseTableBuilder builder(units);
  for (const auto unit : chosen) builder.count(unit);
  builder.begin(SynapseTableBuilder::WeightType::float32, {delay}, tiles.cells());
  for (std::uint32_t i = 0; i < chosen.size(); ++i)
    builder.add(chosen[i], delay, tiles.cell(0, {i / units_of_cell}), 1.5);
  auto source = make_spike_source(builder.finish(), tiles);
  core::RandomStream random(2, core::Purpose::test, 0);
  core::Step now = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto spikes = draw_spikes(random, now);
    state.ResumeTiming();
    add_spikes(source, spikes);
    now += steps;
    events += begin_delivery(source, tiles, now, steps);
    for (std::uint32_t tile = 0; tile < tiles.tiles; ++tile) deliver_to_tile(source, tiles, tile);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}
BENCHMARK(background_by_spike)->Unit(benchmark::kMicrosecond);

/// How often each unit spikes in each of four steps, a byte each.
using Counts = std::array<std::uint32_t, units>;

void background_by_cell(benchmark::State& state) {
  auto tiles = make_tiles();
  const auto chosen = choose_units();
  const std::vector<float> weights(cells, 1.5F);
  core::RandomStream random(2, core::Purpose::test, 0);
  std::uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Counts counts{};
    for (const auto& spike : draw_spikes(random, -1))
      counts[spike.row] += 1u << 8 * static_cast<std::uint32_t>(spike.stamp);
    state.ResumeTiming();
    for (std::uint32_t lid = 0; lid < cells; ++lid) {
      const std::uint8_t* const own = &chosen[std::size_t{lid} * units_of_cell];
      std::uint32_t arriving = counts[own[0]] + counts[own[1]] + counts[own[2]] + counts[own[3]];
      double* input = tiles.weights.data() + lid % tile_lids;
      for (; arriving != 0; arriving >>= 8, input += tiles.tile_cells)
        for (std::uint32_t n = arriving & 0xff; n > 0; --n, ++events) *input += double{weights[lid]};
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}
BENCHMARK(background_by_cell)->Unit(benchmark::kMicrosecond);

}  // namespace
