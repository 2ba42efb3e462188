// SPDX-License-Identifier: BSD-3-Clause
// Files that commands beside `metrics` and `plot` make: adjusted weights, tuned background, node sets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// The step that makes `rest` (a path below the network directory), if it is its business.
std::optional<MadeStep> maker_step(const NetworkDirectory& network, const std::filesystem::path& rest);

/// Names below the network directory of what these make.
std::vector<std::string> maker_targets(const TableRules& rules);

}  // namespace striate::slurm
