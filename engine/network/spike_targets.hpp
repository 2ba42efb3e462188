// SPDX-License-Identifier: BSD-3-Clause
// Which virtual populations the node set of a spike input selects.
#pragma once

#include <string>
#include <vector>

#include "engine/config/simulation_spec.hpp"
#include "engine/network/network.hpp"
#include "io/sonata/node_sets.hpp"

namespace striate::engine {

struct SpikeTarget {
  std::size_t population;
  std::size_t selected, virtual_nodes;  ///< virtual nodes that the set selects, and all
};

/// Throws ConfigError when the set selects nothing or no virtual node of a population.
std::vector<SpikeTarget> spike_targets(const SpikeInput& input, const Network& network,
                                       const io::NodeSets& node_sets);

/// Names of all node populations.
std::vector<std::string> population_names(const Network& network);

}  // namespace striate::engine
