// SPDX-License-Identifier: BSD-3-Clause
// Mean firing rates per kind of cell, for the table at the end of a run.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"

namespace striate::engine {

struct TypeRate {
  std::string label;  ///< pop_name of the node types, else "type <id>"
  std::int64_t cells = 0;
  std::int64_t spikes = 0;  ///< of all ranks
};

/// Kinds in order of their first neuron. `spikes`: of each neuron of this rank, by lid. Collective.
std::vector<TypeRate> rates_by_type(std::span<const std::uint64_t> spikes, const Network& network,
                                    const Partition& partition, const core::Comm& comm);

/// "cell type   cells   rate (Hz)" lines to the log.
void log_rates(std::span<const TypeRate> rates, double simulated_ms);

}  // namespace striate::engine
