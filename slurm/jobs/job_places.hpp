// SPDX-License-Identifier: BSD-3-Clause
// Where the files of jobs lie, below a network directory.
#pragma once

#include <filesystem>
#include <string>

namespace striate::slurm {

/// BASE/jobs/SCRIPT.sh
std::filesystem::path script_path(const std::filesystem::path& base, const std::string& script);

/// BASE/jobs/state/WORK: notes about items
std::filesystem::path state_directory(const std::filesystem::path& base, const std::string& work);

/// BASE/jobs/used/SCRIPT: a file for each job, with the core-seconds of each of its starts
std::filesystem::path used_directory(const std::filesystem::path& base, const std::string& script);

/// BASE/jobs/submitted, which scripts of submission write: a line for each job, "ID SCRIPT WORK"
std::filesystem::path submitted_file(const std::filesystem::path& base);

}  // namespace striate::slurm
