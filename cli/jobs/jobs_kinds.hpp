// SPDX-License-Identifier: BSD-3-Clause
// What `striate jobs make|status|continue|missing|build` share: the table is in cli/cmd_jobs.cpp, the
// functions in cli/jobs_*.cpp.
#pragma once

#include <filesystem>

#include "cli/arguments/command.hpp"
#include "slurm/jobs/job_chain.hpp"

namespace striate::cli {

core::ExitCode run_jobs_make(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_jobs_status(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_jobs_continue(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_jobs_missing(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_jobs_build(const Arguments& arguments, const core::Comm& world);

/// --site, --ranks, --nodes, --time, --memory, --submit, --dry-run.
void add_job_options(Interface& interface);
/// --trials-per-job, --throttle.
void add_array_options(Interface& interface);
/// What was given of both.
slurm::Wishes given_wishes(const boost::program_options::variables_map& values);

/// A positional argument.
std::string positional(const boost::program_options::variables_map& values, const char* name);
std::vector<std::string> given_list(const boost::program_options::variables_map& values, const char* name);

/// Jobs start in the working directory and run this program. Throws UsageError for a directory or a BASE
/// whose name cannot stand in a script.
slurm::JobSetting job_setting(const std::filesystem::path& base, const std::string& site);

/// Runs the script that submits. Throws core::Error unless it succeeds: unavailable where there is no SLURM.
void submit(const std::filesystem::path& script);

}  // namespace striate::cli
