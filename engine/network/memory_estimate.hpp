// SPDX-License-Identifier: BSD-3-Clause
// How much memory a simulation will take, from the sizes of its files alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/machine_resources.hpp"
#include "engine/config/simulation_spec.hpp"
#include "engine/network/network.hpp"
#include "io/sonata/config/sonata_config.hpp"

namespace striate::engine {

struct EdgeCount {
  std::string population;
  std::uint64_t rows;
  std::uint64_t bytes_per_synapse = 12;  ///< in its table
  std::uint64_t bytes_while_made = 0;  ///< per row, until it is in its table
  bool from_neurons = false;  ///< loaded before inputs are
};

struct MemoryEstimate {
  std::vector<EdgeCount> edges;
  std::uint64_t synapses = 0;
  std::uint64_t bytes_per_rank = 0;
  core::Ranks ranks;  ///< that it was made for
};

/// Opens the edge files for their sizes.
MemoryEstimate estimate_memory(const io::SonataConfig& config, const Network& network,
                               const core::Ranks& ranks);

/// The same for a network made in memory.
MemoryEstimate estimate_memory(const MadeNetwork& made, const Network& network, const core::Ranks& ranks);

/// Of a network that is to be built.
struct NetworkSizes {
  std::uint64_t neurons = 0, nodes = 0, synapses = 0, largest_edge_file = 0;  ///< rows of that
};
MemoryEstimate estimate_memory(const NetworkSizes& sizes, const core::Ranks& ranks);

/// Of all ranks of a node together, which share the pages of the program and its libraries.
std::uint64_t bytes_on_node(const MemoryEstimate& estimate);

/// Throws SystemError when this node's ranks together will not fit into what is available.
void require_memory(const MemoryEstimate& estimate);

/// Standard output: what would be simulated and what it needs.
void print_plan(const io::SonataConfig& config, const SimulationSpec& spec, const Network& network,
                const MemoryEstimate& estimate);

}  // namespace striate::engine
