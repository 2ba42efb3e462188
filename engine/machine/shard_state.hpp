// SPDX-License-Identifier: BSD-3-Clause
// What of a shard changes while it runs, in a form that does not depend on how neurons are dealt to ranks:
// the state of each neuron, and the spikes that have not reached all their targets. Currents and the spikes
// of virtual nodes follow from the inputs and the time (set_time). Also checksums of what does not change, so
// that a state is never put into another network.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/machine/shard.hpp"

namespace striate::engine {

/// Stands in checkpoints: to be raised when the meaning of anything here, or its arithmetic, changes.
inline constexpr int state_layout = 2;

/// Variables of all neurons, besides refractory steps and synapses. The last two matter only where currents
/// are recorded.
struct StateVariable {
  const char* name;
  std::vector<double>& (*of)(Neurons&);
  bool recorded_only;
};
std::span<const StateVariable> state_variables();

/// A spike by its sender; a neuron sends at most one in a step.
struct SentSpike {
  core::Step stamp;
  std::uint32_t source;
  auto operator<=>(const SentSpike&) const = default;
};

/// Spikes that some synapse of this shard has still to receive, when `now` steps are done.
std::vector<SentSpike> spikes_under_way(const SpikeSource& source, core::Step now);
/// Puts them back, by (stamp, source); those without a target in this shard are left out.
void set_spikes_under_way(SpikeSource& source, std::span<const SentSpike> spikes);

// Checksums that are to be added up over ranks. `gid_of_lid` as in Partition.
std::uint64_t checksum_of_synapses(const SynapseTable& table, const InputTiles& tiles,
                                   std::span<const std::uint32_t> gid_of_lid);
std::uint64_t checksum_of_models(const Neurons& neurons, std::span<const std::uint32_t> gid_of_lid);
/// Of the spikes of a virtual population that were sent by `now`.
std::uint64_t checksum_of_input(const SpikeSource& source, core::Step now);
/// Of the changes of currents up to `now`.
std::uint64_t checksum_of_currents(const ClampedNeurons& clamps, std::span<const std::uint32_t> gid_of_lid,
                                   core::Step now);

}  // namespace striate::engine
