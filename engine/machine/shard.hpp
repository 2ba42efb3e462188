// SPDX-License-Identifier: BSD-3-Clause
// One rank's part of the network as a pure machine: deliver spikes, advance, read state. No MPI, files or
// clock in here, so several shards can run in one process in a test.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/machine/delivery.hpp"
#include "engine/machine/glif_kernel.hpp"
#include "engine/machine/input_tiles.hpp"
#include "engine/machine/neurons.hpp"

namespace striate::engine {

/// Current steps that reach local neurons. A neuron's current is the sum over its clamps in clamp order.
struct ClampedNeurons {
  struct Change {
    core::Step step;  ///< stamp of the change; I_ext follows at the end of the next step
    std::uint32_t clamp;
    double amplitude;  ///< pA
  };
  std::vector<Change> changes;  ///< by (step, clamp)
  std::vector<std::vector<core::Lid>> lids_of_clamp;  ///< [clamp]
  std::vector<std::vector<std::uint32_t>> clamps_of;  ///< [lid], empty when there are no clamps
  std::vector<double> amplitude;  ///< [clamp], now
  std::size_t next = 0;
};

struct Shard {
  Neurons neurons;
  InputTiles inputs;
  SpikeSource recurrent;  ///< rows: source neurons by Gid
  std::vector<SpikeSource> external;  ///< in the order of the inputs; all their spikes are known at the start
  ClampedNeurons clamps;
  core::Step now = 0;  ///< steps done
  std::uint64_t events = 0;  ///< synaptic events delivered so far
};

/// Tells of spikes of neurons emitted in the interval that ends now, sorted by (stamp, row).
void add_neuron_spikes(Shard& shard, std::span<const RowSpike> spikes);

/// First step after `now` at which an injected current changes, or a step beyond every run.
core::Step next_current_change(const Shard& shard);

/// Advances to `until`, which may not lie beyond next_current_change() nor more than inputs.slots steps
/// ahead; applies the current changes due then.
void advance(Shard& shard, core::Step until, std::vector<LocalSpike>& spikes);

// The same in pieces, for those who measure: begin, then deliver and update tile by tile, then finish.
void begin_advance(Shard& shard, core::Step until);
void deliver_to_tile(Shard& shard, std::uint32_t tile);
void update_tile(Shard& shard, std::uint32_t tile, core::Step until, std::vector<LocalSpike>& spikes);
void finish_advance(Shard& shard, core::Step until);

/// Goes to `now` without doing the steps before it: currents are those of that time.
void set_time(Shard& shard, core::Step now);

/// Puts neurons, spikes on their way and currents back to the start; the spikes of external sources too.
void reset(Shard& shard);

}  // namespace striate::engine
