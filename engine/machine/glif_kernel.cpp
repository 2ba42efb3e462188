// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/glif_kernel.hpp"

#include <xmmintrin.h>

#include <algorithm>
#include <cassert>

#include "engine/machine/kernel_arguments.hpp"

namespace striate::engine {
namespace {

const Kernels& kernels_for(Isa isa) {
  switch (isa) {
    case Isa::x86_64_v4:
      return kernels_v4;
    case Isa::x86_64_v3:
      return kernels_v3;
    default:
      return kernels_v2;
  }
}

/// Takes numbers below 2e-308 as zero while it lives. Synapses without input decay to such numbers within a
/// second; they move no voltage, and arithmetic on them is fifty times slower.
class FlushSubnormals {
 public:
  FlushSubnormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | flush_to_zero | subnormals_are_zero); }
  ~FlushSubnormals() { _mm_setcsr(saved_); }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  static constexpr unsigned flush_to_zero = 0x8000, subnormals_are_zero = 0x0040;
  unsigned saved_;
};

}  // namespace

std::vector<Isa> available_isas() {
  std::vector<Isa> isas{Isa::x86_64_v2};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) isas.push_back(Isa::x86_64_v3);
  if (isas.size() == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512dq"))
    isas.push_back(Isa::x86_64_v4);
  return isas;
}

void advance_tile(Neurons& neurons, InputTiles& inputs, std::uint32_t tile, core::Step first,
                  std::uint32_t count, std::vector<LocalSpike>& spikes, Isa isa) {
  assert(count <= inputs.slots);
  const auto& kernels = kernels_for(isa);
  const Kernel kernel = neurons.mode == Ports::merged ? kernels.merged : kernels.reference;
  const std::uint32_t tile_first = inputs.first_lid(tile), tile_end = inputs.end_lid(tile, neurons.size());
  const auto after = std::ranges::upper_bound(neurons.groups, tile_first, {}, &NeuronGroup::first_lid);
  std::vector<KernelSpike> fired;
  const FlushSubnormals flush;
  for (auto group = after - 1; group != neurons.groups.end() && group->first_lid < tile_end; ++group) {
    const std::uint32_t begin = std::max(tile_first, group->first_lid);
    const std::uint32_t end = std::min(tile_end, group->first_lid + group->padded);
    const Propagators& model = neurons.models[group->model];
    fired.resize(std::max<std::size_t>(fired.size(), std::size_t{end - begin} * count));
    const std::size_t n = kernel({
        .model = &model,
        .ports = model.ports.data(),
        .port_count = model.ports.size(),
        .first_lid = begin,
        .end_lid = end,
        .count = count,
        .record_currents = neurons.record_currents,
        .v = neurons.v.data(),
        .theta_spike = neurons.theta_spike.data(),
        .theta_voltage = neurons.theta_voltage.data(),
        .i_ext = neurons.i_ext.data(),
        .asc = {neurons.asc[0].data(), neurons.asc[1].data()},
        .i_syn = neurons.i_syn.data(),
        .asc_sum = neurons.asc_sum.data(),
        .refractory = neurons.refractory.data(),
        .synapses = neurons.synapses.data() + group->synapse_first +
                    std::size_t{begin - group->first_lid} * model.ports.size() * port_variables,
        .inputs = inputs.weights.data() + (begin - tile_first),
        .port_stride = inputs.port_stride,
        .slot_stride = inputs.tile_cells,
        .spikes = fired.data(),
    });
    for (std::size_t i = 0; i < n; ++i)
      spikes.push_back({.stamp = first + fired[i].step + 1, .lid = {fired[i].lid}});
  }
}

}  // namespace striate::engine
