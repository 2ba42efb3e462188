// SPDX-License-Identifier: BSD-3-Clause
// The state of a simulation on disk, by neuron and not by rank, so that any number of ranks goes on with
// equal bits. An HDF5 file, the same bytes on any number of ranks:
//
//     /neurons/{v, theta_spike, theta_voltage, asc_0, asc_1}: float64 by Gid, and {i_syn, asc_sum} where they
//     are recorded
//
//     /neurons/{refractory, spikes}: steps left, spikes so far
//
//     /synapses/state: float64, [component of a neuron, by Gid][2]
//
//     /spikes_under_way/{stamp, source}: those that have not reached all their targets
//
// and attributes of "/": header (engine/checkpoint/checkpoint_header.hpp), simulated_ms, tstop_ms for people.
// At the start of a trial there is nothing but these. Outputs so far are where the header says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/checkpoint/checkpoint_header.hpp"
#include "engine/machine/shard.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"

namespace striate::engine {

/// A rank's part of a simulation.
struct SimulationState {
  Shard& shard;
  std::vector<std::uint64_t>& spike_counts;  ///< [lid], so far
  const Network& network;
  const Partition& partition;
};

/// Writes and publishes it (io/checkpoint/checkpoint_file.hpp). Collective.
void write_checkpoint(const std::filesystem::path& file, const CheckpointHeader& header,
                      const SimulationState& state, const core::Comm& comm);

CheckpointHeader read_header(const std::filesystem::path& file);

/// Puts the state of a checkpoint whose header was looked at into a shard that stands at its start.
/// Collective.
void read_state(const std::filesystem::path& file, const CheckpointHeader& header, SimulationState state,
                const core::Comm& comm);

/// About how many bytes a checkpoint takes, without spikes under way.
std::uint64_t checkpoint_bytes(const Network& network, const core::TimeGrid& grid, Ports mode,
                               bool record_currents);

}  // namespace striate::engine
