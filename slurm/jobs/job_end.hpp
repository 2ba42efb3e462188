// SPDX-License-Identifier: BSD-3-Clause
// How a job ended that could not say so itself, from what SLURM's daemons wrote into its log: a job that is
// killed for its memory or with its node leaves no note. The scheduler is not asked.
#pragma once

#include <filesystem>
#include <string>

namespace striate::slurm {

enum class JobEnd { unknown, memory, time, node, preempted, cancelled };

/// Of the last start of `job` ("7_3") that the log tells of; unknown where there is no such file.
JobEnd end_in_log(const std::filesystem::path& log, const std::string& job);

/// "was killed for its memory"; empty for unknown.
const char* described(JobEnd end);

}  // namespace striate::slurm
