// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/shard.hpp"

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
      inject(shard.neurons, lid, total);
    }
  }
}

}  // namespace

void add_neuron_spikes(Shard& shard, std::span<const RowSpike> spikes) {
  add_spikes(shard.recurrent, spikes);
}

core::Step next_current_change(const Shard& shard) {
  const auto& clamps = shard.clamps;
  return clamps.next < clamps.changes.size() ? applied_at(clamps.changes[clamps.next])
                                             : std::numeric_limits<core::Step>::max();
}

void begin_advance(Shard& shard, core::Step until) {
  assert(until <= next_current_change(shard));
  const auto count = static_cast<std::uint32_t>(until - shard.now);
  shard.events += begin_delivery(shard.recurrent, shard.inputs, shard.now, count);
  for (auto& source : shard.external) shard.events += begin_delivery(source, shard.inputs, shard.now, count);
}

void deliver_to_tile(Shard& shard, std::uint32_t tile) {
  deliver_to_tile(shard.recurrent, shard.inputs, tile);
  for (auto& source : shard.external) deliver_to_tile(source, shard.inputs, tile);
}

void update_tile(Shard& shard, std::uint32_t tile, core::Step until, std::vector<LocalSpike>& spikes) {
  advance_tile(shard.neurons, shard.inputs, tile, shard.now, static_cast<std::uint32_t>(until - shard.now),
               spikes);
}

void finish_advance(Shard& shard, core::Step until) {
  set_time(shard, until);
}

void set_time(Shard& shard, core::Step now) {
  shard.now = now;
  apply_current_changes(shard);
}

void advance(Shard& shard, core::Step until, std::vector<LocalSpike>& spikes) {
  begin_advance(shard, until);
  for (std::uint32_t tile = 0; tile < shard.inputs.tiles; ++tile) {
    deliver_to_tile(shard, tile);
    update_tile(shard, tile, until, spikes);
  }
  finish_advance(shard, until);
}

void reset(Shard& shard) {
  reset(shard.neurons);
  set_spikes(shard.recurrent, {});
  for (auto& source : shard.external) source.next.assign(source.synapses.delays.size(), 0);
  shard.clamps.next = 0;
  std::ranges::fill(shard.clamps.amplitude, 0.0);
  shard.now = 0;
  shard.events = 0;
}

}  // namespace striate::engine
