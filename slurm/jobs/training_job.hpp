// SPDX-License-Identifier: BSD-3-Clause
// Training as a chain of jobs: one script, submitted several times. Each job goes on from the checkpoint of
// the one before; those that find the results there end at once, as do those after one that failed for good.
#pragma once

#include <filesystem>
#include <string>

#include "slurm/jobs/job_scripts.hpp"

namespace striate::slurm {

struct TrainingJob {
  Job job;  ///< one item, whose arguments are those of a first start
  std::filesystem::path checkpoint;
  int count = 1;  ///< of the chain
};

/// What a chain asks for, where `work` is all of it on these ranks and `unit_s` the longest that a job takes
/// from a signal to its checkpoint. Throws UsageError as request_for().
TrainingJob training_job(StageItems items, const std::filesystem::path& checkpoint, const Cost& work,
                         int ranks, double unit_s, const Wishes& wishes, std::optional<int> jobs,
                         const Site& site);

/// As short_time_text(), of the whole chain.
std::string short_chain_text(const TrainingJob& training);

std::string training_script(const TrainingJob& training, const Runs& runs, const JobSetting& setting);

/// Writes the scripts of the chain and its collector; returns the one that submits them.
std::filesystem::path write_training(const TrainingJob& training, const Runs& runs,
                                     const JobSetting& setting);

}  // namespace striate::slurm
