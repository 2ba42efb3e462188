// SPDX-License-Identifier: BSD-3-Clause
// Job scripts as text. A script runs the steps of its items that are not done, hands signals on to the work,
// ends with the work's exit code and leaves a note about each trial that failed (slurm/jobs/status.hpp). All
// names are quoted: nothing in them is executed, in #SBATCH lines or in the shell.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "slurm/jobs/array_plan.hpp"
#include "slurm/jobs/job_places.hpp"
#include "slurm/jobs/job_resources.hpp"
#include "slurm/jobs/site.hpp"
#include "slurm/plan/paradigm_plan.hpp"

namespace striate::slurm {

/// What all scripts of one call share.
struct JobSetting {
  std::filesystem::path directory;  ///< where the jobs are submitted; relative paths begin here
  std::string program;  ///< striate, unless the site has its own
  std::filesystem::path base;
  Site site;
};

/// A script with items of one stage, as an array unless `elements` is empty.
struct Job {
  StageItems items;
  std::vector<ArrayElement> elements;
  int throttle = 0;
  JobRequest request;
  Cost cost;
};

/// How a script of items begins: directives, environment, and the names that slurm/jobs/script_parts.hpp
/// needs.
std::string script_opening(const Job& job, const Runs& runs, const JobSetting& setting);

/// Runs items of a paradigm. Background, or LGN and simulations of an element, are one call of striate under
/// the site's launcher; tables are a call each.
std::string stage_script(const Job& job, const Runs& runs, const JobSetting& setting);

/// Runs `arguments` (striate's) once under the launcher, `afterwards` one after the other without it.
std::string single_script(const std::string& script, const JobRequest& request,
                          const std::vector<std::string>& arguments, const JobSetting& setting,
                          std::span<const std::vector<std::string>> afterwards = {});

/// Prints what is done and how to continue.
std::string collector_script(const std::string& name, const Runs& runs, const JobSetting& setting);

/// What names of jobs begin with: the network's, of letters, digits and . _ - + =
std::string job_name(const std::filesystem::path& base);
/// "core_nll_0_8dir_10trials_plain": the queue says whose a job is.
std::string job_name(const std::filesystem::path& base, const std::string& script);

/// The text as one word of a #SBATCH line, where quotes and backslashes mean something else than to a shell.
std::string sbatch_word(const std::string& text);

}  // namespace striate::slurm
