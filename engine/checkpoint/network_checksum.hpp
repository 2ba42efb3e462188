// SPDX-License-Identifier: BSD-3-Clause
// Numbers by which a checkpoint knows its network and its past inputs again: equal for equal synapses, cells
// and spikes on any number of ranks, whatever files they came from.
#pragma once

#include <cstdint>
#include <span>

#include "core/ranks/comm.hpp"
#include "engine/machine/shard.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"

namespace striate::engine {

/// Of nodes, cell models and synapses. `populations`: of the shard's external sources. Collective.
std::uint64_t network_checksum(const Shard& shard, std::span<const std::size_t> populations,
                               const Network& network, const Partition& partition, const core::Comm& comm);

/// Of spikes and currents from outside up to now. Collective.
std::uint64_t input_checksum(const Shard& shard, const Partition& partition, const core::Comm& comm);

}  // namespace striate::engine
