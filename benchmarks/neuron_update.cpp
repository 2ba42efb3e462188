// SPDX-License-Identifier: BSD-3-Clause
// Advancing GLIF neurons without input. Questions: what does a neuron-step cost in reference and in merged
// mode, by instruction set, and does it depend on the number of neurons (state in cache or streamed from
// memory)?
#include <benchmark/benchmark.h>

#include <algorithm>

#include "engine/machine/glif_kernel.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr std::uint32_t steps = 4;

void neuron_steps(benchmark::State& state, Ports mode, core::Isa isa) {
  const auto isas = core::available_isas();
  if (std::find(isas.begin(), isas.end(), isa) == isas.end()) {
    state.SkipWithError("not on this processor");
    return;
  }
  GlifParameters parameters;
  parameters.tau_syn_fast.clear(), parameters.tau_syn_slow.clear(), parameters.amp_slow.clear();
  for (const double fast : {5.5, 8.5, 2.8, 5.8, 1.7}) {  // all different: nothing can be merged
    parameters.tau_syn_fast.push_back(fast);
    parameters.tau_syn_slow.push_back(4 * fast);
    parameters.amp_slow.push_back(0.3);
  }
  const auto count = static_cast<std::uint32_t>(state.range(0));
  const std::uint32_t counts[] = {count};
  auto neurons =
      make_neurons({make_propagators(parameters, striate::core::TimeGrid{0.25}, mode)}, counts, mode);
  std::ranges::fill(neurons.synapses, 1e-3);
  std::ranges::fill(neurons.single_synapses, 1e-3F);
  auto inputs = make_input_tiles(neurons, steps);
  std::vector<LocalSpike> spikes;
  striate::core::Step now = 0;
  for (auto _ : state) {
    for (std::uint32_t tile = 0; tile < inputs.tiles; ++tile)
      advance_tile(neurons, inputs, tile, now, steps, spikes, isa);
    now += steps;
    spikes.clear();
  }
  state.SetItemsProcessed(state.iterations() * count * steps);
}
BENCHMARK_CAPTURE(neuron_steps, reference_v2, Ports::reference, core::Isa::baseline)->Arg(1000)->Arg(100'000);
BENCHMARK_CAPTURE(neuron_steps, reference_v4, Ports::reference, core::Isa::x86_64_v4)
    ->Arg(1000)
    ->Arg(100'000);
BENCHMARK_CAPTURE(neuron_steps, merged_v2, Ports::merged, core::Isa::baseline)->Arg(1000)->Arg(100'000);
BENCHMARK_CAPTURE(neuron_steps, merged_v3, Ports::merged, core::Isa::x86_64_v3)->Arg(1000)->Arg(100'000);
BENCHMARK_CAPTURE(neuron_steps, merged_v4, Ports::merged, core::Isa::x86_64_v4)->Arg(1000)->Arg(100'000);
BENCHMARK_CAPTURE(neuron_steps, single_v3, Ports::merged_single, core::Isa::x86_64_v3)
    ->Arg(1000)
    ->Arg(100'000);
BENCHMARK_CAPTURE(neuron_steps, single_v4, Ports::merged_single, core::Isa::x86_64_v4)
    ->Arg(1000)
    ->Arg(100'000);

}  // namespace
