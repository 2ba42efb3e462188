// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/glif_kernel.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <span>

#include "engine/machine/kernel_arguments.hpp"
#include "engine/machine/lost_state.hpp"

namespace striate::engine {
namespace {

Kernel kernel_of(const Kernels& kernels, Ports mode) {
  switch (mode) {
    case Ports::reference:
      return kernels.reference;
    case Ports::merged:
      return kernels.merged;
    case Ports::merged_single:
      return kernels.merged_single;
  }
  return nullptr;
}

/// Steps of a call, counted from its first, for which synaptic state is in one array.
struct Piece {
  std::uint32_t begin, end;
  Ports mode;
  bool widen, round;  ///< the state before, after
};

/// All steps at once, but for Ports::merged_single: steps before the first rounding and after the last one
/// are done in double.
std::vector<Piece> cut_steps(Ports mode, core::Step first, std::uint32_t count) {
  if (mode != Ports::merged_single)
    return {{.begin = 0, .end = count, .mode = mode, .widen = false, .round = false}};
  const auto phase = static_cast<std::uint32_t>(first % steps_in_registers);
  const std::uint32_t begin = std::min(count, (steps_in_registers - phase) % steps_in_registers);
  const std::uint32_t end = begin + (count - begin) / steps_in_registers * steps_in_registers;
  std::vector<Piece> pieces;
  if (begin > 0)
    pieces.push_back({.begin = 0,
                      .end = begin,
                      .mode = Ports::merged,
                      .widen = false,
                      .round = phase + begin == steps_in_registers});
  if (end > begin)
    pieces.push_back(
        {.begin = begin, .end = end, .mode = Ports::merged_single, .widen = false, .round = false});
  if (count > end)
    pieces.push_back({.begin = end, .end = count, .mode = Ports::merged, .widen = true, .round = false});
  return pieces;
}

/// Neurons of one cell model in one tile.
struct Run {
  const NeuronGroup& group;
  std::uint32_t first_lid, end_lid;
  double* inputs;
};

/// Where in Neurons::synapses the state of the group's neurons from `lid` on begins.
std::size_t state_place(const Neurons& neurons, const NeuronGroup& group, std::uint32_t lid) {
  const auto ports = neurons.models[group.model].ports.size();
  return group.synapse_first + std::size_t{lid - group.first_lid} * ports * port_variables;
}

/// Returns the number of spikes, which stand in inputs.fired. Throws LostState.
std::size_t advance_run(Neurons& neurons, InputTiles& inputs, const Run& run, const Piece& piece,
                        core::Step first, const Kernels& kernels) {
  const Propagators& model = neurons.models[run.group.model];
  const std::size_t state = state_place(neurons, run.group, run.first_lid);
  const std::size_t state_end = state_place(neurons, run.group, run.end_lid);
  constexpr std::uint32_t no_lid = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t lost = no_lid;
  if (piece.widen) widen_synapses(neurons, state, state_end);
  const std::size_t spikes = kernel_of(kernels, piece.mode)({
      .model = &model,
      .ports = model.ports.data(),
      .port_count = model.ports.size(),
      .first_lid = run.first_lid,
      .end_lid = run.end_lid,
      .count = piece.end - piece.begin,
      .record_currents = neurons.record_currents,
      .v = neurons.v.data(),
      .theta_spike = neurons.theta_spike.data(),
      .theta_voltage = neurons.theta_voltage.data(),
      .asc = {neurons.asc[0].data(), neurons.asc[1].data()},
      .i_syn = neurons.i_syn.data(),
      .asc_sum = neurons.asc_sum.data(),
      .i_ext = run.group.has_current ? neurons.i_ext.data() : nullptr,
      .refractory = neurons.refractory.data(),
      .synapses = neurons.synapses.empty() ? nullptr : neurons.synapses.data() + state,
      .single_synapses = neurons.single_synapses.empty() ? nullptr : neurons.single_synapses.data() + state,
      .inputs = run.inputs + std::size_t{piece.begin} * inputs.tile_cells,
      .port_stride = inputs.port_stride,
      .slot_stride = inputs.tile_cells,
      .spikes = inputs.fired.data(),
      .lost = &lost,
  });
  if (piece.round) round_synapses(neurons, state, state_end);
  if (lost != no_lid) {
    choose_synapses(neurons, first + piece.end);
    throw LostState({lost}, first + piece.end, lost_variable(neurons, {lost}));
  }
  return spikes;
}

}  // namespace

void advance_tile(Neurons& neurons, InputTiles& inputs, std::uint32_t tile, core::Step first,
                  std::uint32_t count, std::vector<LocalSpike>& spikes, core::Isa isa) {
  assert(count <= inputs.slots);
  const std::uint32_t tile_first = inputs.first_lid(tile), tile_end = inputs.end_lid(tile, neurons.size());
  assert(inputs.fired.size() >= std::size_t{tile_end - tile_first} * count);
  const auto pieces = cut_steps(neurons.mode, first, count);
  choose_synapses(neurons, first + count);
  const core::FlushSubnormals flush;
  const auto after = std::ranges::upper_bound(neurons.groups, tile_first, {}, &NeuronGroup::first_lid);
  for (auto group = after - 1; group != neurons.groups.end() && group->first_lid < tile_end; ++group) {
    const std::uint32_t begin = std::max(tile_first, group->first_lid);
    const Run run{.group = *group,
                  .first_lid = begin,
                  .end_lid = std::min(tile_end, group->first_lid + group->padded),
                  .inputs = inputs.weights.data() + (begin - tile_first)};
    for (const auto& piece : pieces) {
      const auto fired = advance_run(neurons, inputs, run, piece, first, kernels_for(isa));
      for (const auto& spike : std::span(inputs.fired).first(fired))
        spikes.push_back({.stamp = first + piece.begin + spike.step + 1, .lid = {spike.lid}});
    }
  }
}

}  // namespace striate::engine
