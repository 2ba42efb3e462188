// SPDX-License-Identifier: BSD-3-Clause
// What plans know of networks that are not built yet.
#pragma once

#include <optional>
#include <string>

#include "slurm/plan/network_directory.hpp"

namespace striate::workflows {

/// What `striate build NAME` writes; nullopt where no shipped network has this name.
std::optional<slurm::BuildFiles> shipped_network(const std::string& name);

}  // namespace striate::workflows
