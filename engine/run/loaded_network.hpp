// SPDX-License-Identifier: BSD-3-Clause
// A rank's part of a network in memory, ready for one trial after the other. Between trials nothing of a
// trial is left in it: begin_trial() puts neurons, spikes on their way and currents back to the start.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/machine/shard.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"
#include "engine/run/trials.hpp"

namespace striate::engine {

struct LoadedNetwork {
  Partition partition;
  Shard shard;
  std::map<std::size_t, SpikeSource> external;  ///< by population, those that the shard does not use now
  std::vector<std::size_t> external_in_use;  ///< populations of shard.external
  std::uint32_t interval;  ///< steps between exchanges
};

/// Reads the edges. `driven`: the virtual populations that some trial drives. Collective.
/// With `made` its edges are used instead of files.
LoadedNetwork load_network(const io::SonataConfig& config, const MadeNetwork* made,
                           const SimulationSpec& spec, const Network& network,
                           const std::vector<std::size_t>& driven, Ports ports, const core::Comm& comm);

/// Puts the network into the state in which `trial` starts: at rest, with the trial's inputs and nothing
/// else. External sources stand in the order of the trial's inputs, so that sums are those of a run alone.
void begin_trial(LoadedNetwork& loaded, const Trial& trial, const Network& network);

/// Synapses of this rank that the current trial uses.
std::uint64_t synapses_in_use(const LoadedNetwork& loaded);

}  // namespace striate::engine
