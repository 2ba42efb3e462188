// SPDX-License-Identifier: BSD-3-Clause
// Experiments in which a cohort is silenced: their configurations, and the tables that compare them with the
// option that they start from. Cohorts themselves are made as maker_steps says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// The step that makes `rest` (a path below the network directory), if it is its business.
std::optional<MadeStep> condition_step(const NetworkDirectory& network, const std::filesystem::path& rest);

/// Names below the network directory of what these make.
std::vector<std::string> condition_targets(const NetworkDirectory& network);

}  // namespace striate::slurm
