// SPDX-License-Identifier: BSD-3-Clause
// Which nodes the node sets of inputs and reports select: spikes drive virtual populations, currents and
// reports have neurons.
#pragma once

#include <string>
#include <vector>

#include "engine/config/simulation_spec.hpp"
#include "engine/network/network.hpp"
#include "io/sonata/node_sets.hpp"
#include "io/sonata/reports/report_layout.hpp"

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

/// The neurons of a population that a report holds.
struct RecordedNeurons {
  std::size_t population = 0;
  std::vector<std::uint32_t> nodes;  ///< by rising node id
  io::ReportMeans means = {};  ///< if it holds means: over the neurons of each pop_name, of a population
                               ///< without such names over all; groups by the id of their first neuron
  std::size_t columns() const { return means.names.empty() ? nodes.size() : means.names.size(); }
};
/// Throws ConfigError when the report's cells are no neurons, or some have a pop_name and some have none.
std::vector<RecordedNeurons> recorded_neurons(const ReportSpec& report, const Network& network,
                                              const io::NodeSets& node_sets);

/// Names of all node populations.
std::vector<std::string> population_names(const Network& network);

}  // namespace striate::engine
