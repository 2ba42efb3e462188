// SPDX-License-Identifier: BSD-3-Clause
#include "engine/shard.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace striate::engine {
namespace {

/// A change with stamp s is seen by the neuron at the end of step index s, that is when s + 1 steps are done.
core::Step applied_at(const ClampedNeurons::Change& change) {
  return change.step + 1;
}

void apply_current_changes(Shard& shard) {
  auto& clamps = shard.clamps;
  while (clamps.next < clamps.changes.size() && applied_at(clamps.changes[clamps.next]) <= shard.now) {
    const auto& change = clamps.changes[clamps.next++];
    clamps.amplitude[change.clamp] = change.amplitude;
    for (const core::Lid lid : clamps.lids_of_clamp[change.clamp]) {
      double total = 0;
      for (const std::uint32_t clamp : clamps.clamps_of[lid.value]) total += clamps.amplitude[clamp];
      shard.neurons.i_ext[lid.value] = total;
    }
  }
}

}  // namespace

void deliver_neuron_spikes(Shard& shard, std::span<const RowSpike> spikes) {
  shard.events += deliver(shard.recurrent, spikes, shard.ring);
}

void deliver_external_spikes(Shard& shard, core::Step until) {
  for (auto& input : shard.external) {
    const auto first = input.spikes.begin() + static_cast<std::ptrdiff_t>(input.next);
    const auto end =
        std::find_if(first, input.spikes.end(), [&](const RowSpike& spike) { return spike.stamp > until; });
    shard.events += deliver(input.synapses, {first, end}, shard.ring);
    input.next = static_cast<std::size_t>(end - input.spikes.begin());
  }
}

core::Step next_current_change(const Shard& shard) {
  const auto& clamps = shard.clamps;
  return clamps.next < clamps.changes.size() ? applied_at(clamps.changes[clamps.next])
                                             : std::numeric_limits<core::Step>::max();
}

void advance(Shard& shard, core::Step until, std::vector<LocalSpike>& spikes) {
  assert(until <= next_current_change(shard));
  advance_neurons(shard.neurons, shard.ring, shard.now, static_cast<std::uint32_t>(until - shard.now),
                  spikes);
  shard.now = until;
  apply_current_changes(shard);
}

}  // namespace striate::engine
