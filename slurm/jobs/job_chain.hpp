// SPDX-License-Identifier: BSD-3-Clause
// All jobs of a paradigm's runs: what each asks for, their scripts, and what they cost together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slurm/jobs/job_scripts.hpp"

namespace striate::slurm {

struct JobChain {
  std::string name;  ///< of the runs: "8dir_10trials_plain"
  std::vector<Job> jobs;  ///< in order of the stages
};

/// Jobs for these stages. Arrays of LGN and simulation are packed alike. Throws UsageError when the site
/// cannot give what is needed.
JobChain make_chain(const std::string& name, std::vector<StageItems> stages, const Workload& work,
                    const Wishes& wishes, const Site& site);

/// Jobs, elements, ranks, memory, time, core-hours and disk of each stage and of all.
std::string chain_table(const JobChain& chain);

struct ChainSums {
  std::size_t jobs = 0;  ///< elements of arrays counted
  double core_hours = 0;  ///< expected
  std::uint64_t disk_bytes = 0;
};
ChainSums sums_of(const JobChain& chain);

/// Jobs that are expected to take longer than their limit, a line each.
std::vector<std::string> short_times(const JobChain& chain);

/// Writes all scripts of the chain; returns the one that submits them. Folders for logs and notes are made.
std::filesystem::path write_chain(const JobChain& chain, const Runs& runs, const JobSetting& setting);

/// What `jobs make` was told, kept in BASE/jobs/NAME.json so that `status` and `continue` know it.
struct JobOptions {
  std::vector<std::string> only, stimulus;
  std::string site = "default";
  std::optional<std::string> modfile;
  Wishes wishes;
  SiteChanges site_changes = {};
  std::vector<std::string> arguments = {};  ///< of training: what is handed on to it
  std::optional<int> jobs = {};  ///< of training: at most so many, one after the other
};

void write_job_options(const std::filesystem::path& base, const std::string& name, const JobOptions& options);
/// nullopt when nothing was made yet. Throws ConfigError when the file is damaged.
std::optional<JobOptions> read_job_options(const std::filesystem::path& base, const std::string& name);

}  // namespace striate::slurm
