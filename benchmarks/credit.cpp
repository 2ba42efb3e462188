// SPDX-License-Identifier: BSD-3-Clause
// The backward sum of training, 97 % of its synaptic operations, and what bounds it. Questions: what does a
// visit (one synapse, one block of three steps, five trials) cost by instruction set and by length of rows,
// and how far is that from reading lines of the second-level cache without doing anything with them, and from
// multiply-adds without reading anything?
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/processor/instruction_sets.hpp"
#include "core/values/random.hpp"
#include "training/model/circuit.hpp"

namespace {

using namespace striate;
using namespace striate::training;

constexpr std::size_t columns = 16;  // five trials × three steps, one unused
constexpr std::uint32_t synapses = 1 << 22;

/// Synapses onto one tile of targets after the other: rows of `row`, whose slots rise within the tile as in
/// a circuit.
struct Visits {
  core::HugeVector<float> weight, windows;
  core::HugeVector<std::uint32_t> slot;
  std::vector<Segment> segments;
  std::vector<float> magic;
  std::vector<std::int64_t> sums;

  Visits(std::uint32_t row, std::uint32_t slots_of_tile) {
    core::RandomStream random(1, core::Purpose::test, row);
    weight.resize(synapses), slot.resize(synapses);
    const std::uint32_t rows = synapses / row, tiles = 8;
    windows.resize(std::size_t{tiles} * slots_of_tile * columns);
    for (auto& x : windows) x = static_cast<float>(random.uniform());
    std::uint32_t first = 0;
    for (std::uint32_t r = 0; r < rows; ++r, first += row) {
      const std::uint32_t tile = r * tiles / rows;
      for (std::uint32_t i = first; i < first + row; ++i) {
        weight[i] = static_cast<float>(random.uniform());
        slot[i] = tile * slots_of_tile + static_cast<std::uint32_t>(random.uniform() * slots_of_tile);
      }
      std::sort(slot.begin() + first, slot.begin() + first + row);
      segments.push_back({.first = first, .source = r, .count = row});
    }
    magic.assign(rows, 1.5F * std::exp2(23.0F - 21.0F));
    sums.assign(rows * columns, 0);
  }
};

void credit(benchmark::State& state, core::Isa isa) {
  const auto isas = core::available_isas();
  if (std::find(isas.begin(), isas.end(), isa) == isas.end()) {
    state.SkipWithError("not on this processor");
    return;
  }
  Visits visits(static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1)));
  const CreditArguments<float> arguments{.segments = visits.segments.data(),
                                         .segment_count = visits.segments.size(),
                                         .weight = visits.weight.data(),
                                         .slot = visits.slot.data(),
                                         .windows = visits.windows.data(),
                                         .columns = columns,
                                         .magic = visits.magic.data(),
                                         .sums = visits.sums.data()};
  for (auto _ : state) {
    step_kernels_for(isa).credit(arguments);
    benchmark::ClobberMemory();
  }
  const auto done = state.iterations() * static_cast<std::int64_t>(synapses);
  state.SetItemsProcessed(done);
  state.SetBytesProcessed(done * 8);  // weight and slot: what a step reads of the synapses
}
// Rows of small, of full on one rank and of full on many; windows of a tile with one and with three delays.
BENCHMARK_CAPTURE(credit, v4, core::Isa::x86_64_v4)
    ->Args({250, 8192})
    ->Args({30, 8192})
    ->Args({4, 8192})
    ->Args({30, 3 * 8192});
BENCHMARK_CAPTURE(credit, v3, core::Isa::x86_64_v3)->Args({30, 8192});
BENCHMARK_CAPTURE(credit, baseline, core::Isa::baseline)->Args({30, 8192});

/// Reads 64-byte lines of a tile's windows in the order in which rows of synapses do.
void gather_lines(benchmark::State& state) {
  const Visits visits(30, static_cast<std::uint32_t>(state.range(0)));
  const auto* lines = reinterpret_cast<const std::uint64_t*>(visits.windows.data());
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const auto slot : visits.slot) sum += lines[std::size_t{slot} * 8];
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(synapses));
}
BENCHMARK(gather_lines)->Arg(8192)->Arg(3 * 8192);

}  // namespace
