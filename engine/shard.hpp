// SPDX-License-Identifier: BSD-3-Clause
// One rank's part of the network as a pure machine: deliver spikes, advance, read state. No MPI, files or
// clock in here, so several shards can run in one process in a test.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/glif_kernel.hpp"
#include "engine/input_ring.hpp"
#include "engine/neurons.hpp"
#include "engine/synapses.hpp"

namespace striate::engine {

/// Spike times of one virtual population, as rows of its synapse table: sorted by (stamp, row), equal entries
/// kept.
struct ExternalInput {
  SynapseTable synapses;
  std::vector<RowSpike> spikes;
  std::size_t next = 0;  ///< first spike not yet delivered
};

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
  InputRing ring;
  SynapseTable recurrent;  ///< rows: source neurons by Gid
  std::vector<ExternalInput> external;  ///< in the order of the inputs
  ClampedNeurons clamps;
  core::Step now = 0;  ///< steps done
  std::uint64_t events = 0;  ///< synaptic events delivered so far
};

/// Adds spikes of neurons emitted in the interval that ends now. They must be sorted by (stamp, row).
void deliver_neuron_spikes(Shard& shard, std::span<const RowSpike> spikes);

/// Adds the virtual spikes with stamps in (now, until]: population by population, by (stamp, row).
void deliver_external_spikes(Shard& shard, core::Step until);

/// First step after `now` at which an injected current changes, or a step beyond every run.
core::Step next_current_change(const Shard& shard);

/// Advances to `until`, which may not lie beyond next_current_change(); applies the changes due then.
void advance(Shard& shard, core::Step until, std::vector<LocalSpike>& spikes);

}  // namespace striate::engine
