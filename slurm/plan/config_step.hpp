// SPDX-License-Identifier: BSD-3-Clause
// The run of one configuration as a step.
#pragma once

#include <filesystem>

#include "io/sonata/config_files.hpp"
#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// `striate lgn FILE` or `striate simulate FILE`, with the files that it reads and the results that it
/// writes. A log or a copy of the configuration is no reason to run it again.
MadeStep config_step(const NetworkDirectory& network, const std::filesystem::path& file, io::RunKind kind,
                     const io::ConfigFiles& files);

}  // namespace striate::slurm
