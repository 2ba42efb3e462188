// SPDX-License-Identifier: BSD-3-Clause
// What `striate check` looks for beyond the files themselves: whether configs, networks and components fit
// together as `simulate` needs them. Nothing is written; nothing stops at the first error.
#pragma once

#include <filesystem>
#include <optional>

#include "core/errors/problems.hpp"
#include "core/machine_resources.hpp"
#include "engine/network/memory_estimate.hpp"
#include "io/sonata/config/sonata_config.hpp"

namespace striate::engine {

struct CheckResult {
  core::Problems problems;
  bool for_lgn = false;  ///< a FilterNet configuration, of which only the network was checked
  std::optional<MemoryEstimate> memory;  ///< of configs and networks whose nodes could be read
};

/// A simulation config and every file it names. Edge files of trained variants and spike files that are not
/// there are noted.
CheckResult check_config(const std::filesystem::path& file, const core::Ranks& ranks);

/// A built network: BASE or its folder network/, with the components beside it.
CheckResult check_network(const std::filesystem::path& directory, const core::Ranks& ranks);

/// BASE/network of a network directory, or that folder itself where it was given. Absolute.
std::filesystem::path network_folder_of(const std::filesystem::path& directory);

/// A cell model (NEST's keys or Allen's raw file) or a synapse file: the keys decide which it is.
void check_component(const std::filesystem::path& file, core::Problems& problems);

// --- parts of the first two -------------------------------------------------------------------------------

/// All nodes, edges and components of a config. `spec` gives dt and modfile when there is one. The network as
/// far as it could be read is returned.
Network check_circuit(const io::SonataConfig& config, const SimulationSpec* spec, core::Problems& problems);

/// The estimate for those edge files that are there; nullopt when they cannot be read.
std::optional<MemoryEstimate> estimate_present(const io::SonataConfig& config, const Network& network,
                                               const core::Ranks& ranks);

}  // namespace striate::engine
