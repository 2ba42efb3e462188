// SPDX-License-Identifier: BSD-3-Clause
// Delivering spikes. Questions: what does a synaptic event cost where the synapses of a rank (160 MB here, as
// for a part of the full network) stream from memory, and how much dearer are the short rows that many ranks
// leave of each source's row?
#include <benchmark/benchmark.h>

#include <algorithm>

#include "core/values/random.hpp"
#include "engine/machine/delivery.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr std::uint32_t targets = 100'000, steps = 4, synapse_count = 20'000'000;

InputTiles make_tiles() {
  GlifParameters parameters;
  const std::uint32_t counts[] = {targets};
  return make_input_tiles(make_neurons({make_propagators(parameters, core::TimeGrid{0.25}, Ports::merged)},
                                       counts, Ports::merged),
                          steps);
}

SpikeSource make_source(const InputTiles& tiles, std::uint32_t row_length) {
  const std::uint32_t rows = synapse_count / row_length;
  SynapseTableBuilder builder(rows);
  for (std::uint32_t row = 0; row < rows; ++row)
    for (std::uint32_t i = 0; i < row_length; ++i) builder.count(row);
  builder.begin(SynapseTableBuilder::WeightType::float32, {4, 5, 6, 7}, tiles.cells());
  core::RandomStream random(1, core::Purpose::test, 0);
  for (std::uint32_t row = 0; row < rows; ++row)
    for (std::uint32_t i = 0; i < row_length; ++i)
      builder.add(row, 4 + random() % 4, tiles.cell(0, {random() % targets}), 1.0);
  return make_spike_source(builder.finish(), tiles);
}

/// One interval of four steps: spikes of random sources, 80,000 synaptic events' worth, as at 4 Hz on two
/// ranks.
void delivery(benchmark::State& state) {
  const auto row_length = static_cast<std::uint32_t>(state.range(0));
  const std::uint32_t rows = synapse_count / row_length;
  auto tiles = make_tiles();
  auto source = make_source(tiles, row_length);
  core::RandomStream random(2, core::Purpose::test, 0);
  std::vector<RowSpike> spikes(80'000 / row_length);
  core::Step now = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (auto& spike : spikes) spike = {.row = random() % rows, .stamp = now + 1 + random() % steps};
    std::ranges::sort(spikes, {}, [](const RowSpike& s) { return std::pair(s.stamp, s.row); });
    state.ResumeTiming();
    add_spikes(source, spikes);
    now += steps;
    events += begin_delivery(source, tiles, now, steps);
    for (std::uint32_t tile = 0; tile < tiles.tiles; ++tile) deliver_to_tile(source, tiles, tile);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.SetLabel("items are synaptic events");
}
BENCHMARK(delivery)->Arg(200)->Arg(50)->Arg(10)->Unit(benchmark::kMicrosecond);

}  // namespace
