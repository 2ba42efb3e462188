// SPDX-License-Identifier: BSD-3-Clause
// Steps of a network directory that need no paradigm: building it, the runs of BASE/configs/*.json, the
// background spikes in BASE/bkg.
#pragma once

#include <optional>

#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// Each gives the step that makes `rest` (a path below the network directory), if it is its business.
std::optional<MadeStep> build_step(const NetworkDirectory& network, const std::filesystem::path& rest);
/// Runs where the configuration's name follows from the folder's: output_OPT, filternet…
std::optional<MadeStep> usual_run_step(const NetworkDirectory& network, const std::filesystem::path& rest);
/// Runs of whatever configuration says that it writes the file.
std::optional<MadeStep> any_run_step(const NetworkDirectory& network, const std::filesystem::path& rest);
std::optional<MadeStep> background_files_step(const NetworkDirectory& network,
                                              const std::filesystem::path& rest);

/// Names below the network directory of what these make.
std::vector<std::string> network_targets(const NetworkDirectory& network);

/// What to do about a file that is missing and that nothing makes; begins with a blank, or is empty.
std::string missing_file_hint(const NetworkDirectory& network, const std::filesystem::path& rest);

}  // namespace striate::slurm
