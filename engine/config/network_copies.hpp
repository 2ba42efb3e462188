// SPDX-License-Identifier: BSD-3-Clause
// Copies of a network's files on a disk of this node, read in place of the files that a configuration names.
#pragma once

#include <filesystem>

#include "core/ranks/comm.hpp"
#include "io/sonata/config/sonata_config.hpp"

namespace striate::engine {

/// Files of nodes, edges and their types that `folder` has under the same names are read there. Throws
/// ConfigError where one differs from its original in size or time, on all ranks if on one. Collective.
void read_copies(io::SonataConfig& config, const std::filesystem::path& folder, const core::Comm& comm);

}  // namespace striate::engine
