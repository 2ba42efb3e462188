// SPDX-License-Identifier: BSD-3-Clause
// What a call of `striate jobs` is about: paradigms, networks and options, each with each.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cli/jobs/jobs_networks.hpp"
#include "core/kinds.hpp"
#include "slurm/jobs/job_chain.hpp"

namespace striate::cli {

/// The runs of one paradigm on one network with one option.
struct ParadigmJobs {
  io::Paradigm paradigm;
  slurm::Runs runs;
  slurm::JobOptions options;
  std::string name() const { return slurm::plain_runs_name(paradigm, runs.option); }
  std::string label() const;  ///< "8dir_10trials core plain"
};

/// Runs by network, then paradigm, then option. Throws UsageError for what is named twice.
std::vector<slurm::Runs> runs_of(const core::Call& call);

/// Of these options. Throws UsageError for names that cannot stand in a script.
ParadigmJobs paradigm_jobs(const slurm::Runs& runs, const slurm::JobOptions& options, JobNetworks& networks);
/// Of the options of the last `make`, or none.
ParadigmJobs kept_jobs(const slurm::Runs& runs, JobNetworks& networks);

std::vector<slurm::StageItems> stages_of(const ParadigmJobs& jobs, JobNetworks& networks);

/// Writes what was planned, and submits it, as the call asks; or says what it would be. `stages` are those
/// that have work, of each of the jobs.
void carry_out(const core::Call& call, const std::vector<ParadigmJobs>& jobs,
               std::vector<std::vector<slurm::StageItems>> stages, JobNetworks& networks);

}  // namespace striate::cli
