// SPDX-License-Identifier: BSD-3-Clause
// What drives a network from outside: spike trains of virtual populations and current clamps, reduced to what
// a rank's neurons need.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/config/simulation_spec.hpp"
#include "engine/machine/shard.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"
#include "io/sonata/node_sets.hpp"

namespace striate::engine {

/// The spike inputs of one virtual population, in config order. Several for one population are merged (BMTK
/// would ignore the later spikes but connect twice).
struct DrivenPopulation {
  std::size_t population;
  std::vector<SpikeInput> inputs;
};

/// Throws ConfigError when a node set names neurons or nothing.
std::vector<DrivenPopulation> find_driven_populations(const SimulationSpec& spec, const Network& network,
                                                      const io::NodeSets& node_sets);

/// Reads the trains and keeps spikes up to `steps` of sources with a row in `table`. Throws FormatError for
/// times at or before 0, ConfigError when a file lacks the population. Unknown node ids are dropped with a
/// warning.
std::vector<RowSpike> read_external_spikes(const DrivenPopulation& driven, const Network& network,
                                           const SynapseTable& table, const core::TimeGrid& grid,
                                           core::Step steps);

ClampedNeurons make_clamps(const SimulationSpec& spec, const Network& network, const io::NodeSets& node_sets,
                           const Partition& partition);

}  // namespace striate::engine
