// SPDX-License-Identifier: BSD-3-Clause
// One script that submits a chain of jobs: each waits for what it needs (afterok; aftercorr between arrays
// whose elements have the same trials) and is cancelled when that can no longer come. Jobs that make the same
// files, of an earlier submission or of another option, come one after the other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "slurm/jobs/job_scripts.hpp"

namespace striate::slurm {

/// What a job that builds the network makes; jobs of chains wait for it while it is in the queue.
inline constexpr const char* work_of_building = "network";

/// The jobs, in order of the stages, and the collector, whose script is `collector` ("" for none).
std::string submit_script(const std::vector<Job>& jobs, const std::string& collector,
                          const JobSetting& setting);

/// For a single script.
std::string submit_script(const std::string& script, const std::string& work, const JobSetting& setting);

/// The same script `count` times, each job after the one before however that ended, then the collector. Notes
/// about earlier jobs do not count any more.
std::string repeated_submit_script(const StageItems& items, int count, const std::string& collector,
                                   const JobSetting& setting);

enum class Output { shown, none };
/// Runs a script with bash and returns its exit code; its output is ours.
int run_script(const std::filesystem::path& script, Output output);

}  // namespace striate::slurm
