// SPDX-License-Identifier: BSD-3-Clause
// Which nodes the node sets of inputs and reports select: spikes drive virtual populations, currents and
// reports have neurons.
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

/// Neurons that a current goes into, and what to tell of its other nodes, or "".
struct CurrentTargets {
  std::vector<io::NodeSelection> neurons;
  std::string warning;
};
CurrentTargets current_targets(const CurrentClamp& clamp, const Network& network,
                               const io::NodeSets& node_sets);

/// Throws ConfigError when the report's cells are no neurons.
std::vector<io::NodeSelection> recorded_neurons(const ReportSpec& report, const Network& network,
                                                const io::NodeSets& node_sets);

/// Names of all node populations.
std::vector<std::string> population_names(const Network& network);

}  // namespace striate::engine
