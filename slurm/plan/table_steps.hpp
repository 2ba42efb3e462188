// SPDX-License-Identifier: BSD-3-Clause
// Tables and pictures that are made the same way in every network and need no paradigm, or only its tables:
// one row of data for each kind (slurm/plan/table_steps.cpp).
#pragma once

#include <optional>

#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// The step that makes `rest` (a path below the network directory), if it is one of them.
std::optional<MadeStep> table_step(const NetworkDirectory& network, const std::filesystem::path& rest);
std::optional<MadeStep> figure_step(const NetworkDirectory& network, const std::filesystem::path& rest);

/// Names below the network directory of all that is made so, with one option filled in.
std::vector<std::string> table_targets(const std::string& option);

}  // namespace striate::slurm
