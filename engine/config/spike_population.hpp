// SPDX-License-Identifier: BSD-3-Clause
// Which population of a spike file drives a virtual population. BMTK plays the alphabetically first one,
// whatever the node set is called; here names decide.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/config/simulation_spec.hpp"

namespace striate::engine {

struct SpikeChoice {
  bool plays = true;  ///< false: the file has spikes for another target alone
  std::optional<std::string> population;  ///< nullopt: the file names none
  std::string warning;  ///< what to tell, or ""
};

/// Populations of the input's file, whatever its format; empty when it names none.
std::vector<std::string> populations_of_file(const SpikeInput& input);

/// `target` is one of `targets`, the virtual populations that the node set selects; `nodes` are all node
/// populations of the network. In this order: the population that the input names; the one called like the
/// target; the only one, with a warning; the only one that is not called like another node population, with a
/// warning. Throws ConfigError naming those that are left when there are several, or none.
SpikeChoice choose_spike_population(const SpikeInput& input, const std::vector<std::string>& present,
                                    const std::string& target, std::span<const std::string> targets,
                                    std::span<const std::string> nodes);

}  // namespace striate::engine
