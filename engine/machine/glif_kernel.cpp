// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/glif_kernel.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <span>

#include "engine/machine/kernel_arguments.hpp"
#include "engine/machine/lost_state.hpp"

namespace striate::engine {

void advance_tile(Neurons& neurons, InputTiles& inputs, std::uint32_t tile, core::Step first,
                  std::uint32_t count, std::vector<LocalSpike>& spikes, core::Isa isa) {
  assert(count <= inputs.slots);
  const auto& kernels = kernels_for(isa);
  const Kernel kernel = neurons.mode == Ports::merged ? kernels.merged : kernels.reference;
  const std::uint32_t tile_first = inputs.first_lid(tile), tile_end = inputs.end_lid(tile, neurons.size());
  const auto after = std::ranges::upper_bound(neurons.groups, tile_first, {}, &NeuronGroup::first_lid);
  assert(inputs.fired.size() >= std::size_t{tile_end - tile_first} * count);
  constexpr std::uint32_t no_lid = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t lost = no_lid;
  const core::FlushSubnormals flush;
  for (auto group = after - 1; group != neurons.groups.end() && group->first_lid < tile_end; ++group) {
    const std::uint32_t begin = std::max(tile_first, group->first_lid);
    const std::uint32_t end = std::min(tile_end, group->first_lid + group->padded);
    const Propagators& model = neurons.models[group->model];
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
        .spikes = inputs.fired.data(),
        .lost = &lost,
    });
    for (const auto& spike : std::span(inputs.fired).first(n))
      spikes.push_back({.stamp = first + spike.step + 1, .lid = {spike.lid}});
    if (lost != no_lid) throw LostState({lost}, first + count, lost_variable(neurons, {lost}));
  }
}

}  // namespace striate::engine
