// SPDX-License-Identifier: BSD-3-Clause
// The simulations that one call runs one after the other on one network in memory: each has a config of its
// own with inputs, reports and outputs; network, components, time step and modfile are the same in all. All
// are read and checked against each other before the network is loaded.
#pragma once

#include <ctime>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/config/simulation_spec.hpp"
#include "engine/network/network.hpp"
#include "engine/run/inputs.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/node_sets.hpp"

namespace striate::engine {

struct Trial {
  io::SonataConfig config;
  SimulationSpec spec;
  io::NodeSets node_sets;
  std::vector<DrivenPopulation> driven;  ///< filled by resolve_inputs
  io::RunAttributes attributes = {};  ///< of all results, filled by describe_origin
};

/// Reads all configs and the runs that each describes. Throws ConfigError when two differ in what they must
/// share or would write the same file, or when one would write what another reads.
std::vector<Trial> read_trials(const std::vector<std::filesystem::path>& configs,
                               const io::ConfigOverrides& overrides);

/// No trial may write what another one writes or reads, now or later, nor what `others` are. Throws
/// ConfigError.
void check_outputs_together(const std::vector<Trial>& trials, io::ConfigFiles others);

/// Finds what each trial's inputs drive and that its node sets select something. Throws ConfigError.
void resolve_inputs(std::vector<Trial>& trials, const Network& network);

/// What the trials' results say of the network and configuration that they were made with.
void describe_origin(std::vector<Trial>& trials, const io::RunAttributes& network);

/// Virtual populations that any trial drives, in the order in which the trials name them.
std::vector<std::size_t> driven_populations(const std::vector<Trial>& trials);

}  // namespace striate::engine
