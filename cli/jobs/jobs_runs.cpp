// SPDX-License-Identifier: BSD-3-Clause
#include "cli/jobs/jobs_runs.hpp"

#include <algorithm>

#include "cli/jobs/jobs_kinds.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/plan/shell_text.hpp"
#include "workflows/tables.hpp"

namespace striate::cli {
namespace fs = std::filesystem;
namespace {

/// "a,b" as a and b; a file's name may have commas.
std::vector<std::string> list_of(const std::string& text) {
  if (io::is_there(text)) return {text};
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

void require_once(std::vector<std::string> names, const char* what) {
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end())
    throw core::UsageError("{} '{}' is named twice (its jobs would be made twice) name it once", what,
                           *twice);
}

}  // namespace

std::string ParadigmJobs::label() const {
  return fmt::format("{} {} {}", paradigm.name, runs.base.string(), runs.option);
}

std::vector<slurm::Runs> runs_of(const core::Call& call) {
  const auto paradigms = list_of(call.argument("PARADIGM")), options = list_of(call.argument("OPT"));
  const auto& bases = call.arguments.at("BASE");
  for (const auto& option : options) slurm::require_option_name(option, "OPT");
  std::vector<std::string> places;
  for (const auto& base : bases) {
    slurm::shell_word(base);
    places.push_back(fs::absolute(base).lexically_normal().string());
  }
  require_once(places, "BASE");
  require_once(paradigms, "PARADIGM");
  require_once(options, "OPT");
  std::vector<slurm::Runs> runs;
  for (const auto& base : bases)
    for (const auto& paradigm : paradigms)
      for (const auto& option : options)
        runs.push_back({.paradigm = paradigm, .base = base, .option = option, .modfile = {}});
  return runs;
}

ParadigmJobs paradigm_jobs(const slurm::Runs& runs, const slurm::JobOptions& options, JobNetworks& networks) {
  // What cannot stand in a script is refused before anything is read.
  for (const auto& name : {runs.base.string(), runs.paradigm, options.modfile.value_or("")})
    slurm::shell_word(name);
  slurm::require_option_name(runs.option, "OPT");
  ParadigmJobs jobs{.paradigm = io::with_only(networks.paradigm(runs.paradigm, runs.base), options.only),
                    .runs = runs,
                    .options = options};
  jobs.runs.modfile = options.modfile;
  for (const auto& change : options.stimulus) io::set_stimulus(jobs.paradigm, change);
  return jobs;
}

ParadigmJobs kept_jobs(const slurm::Runs& runs, JobNetworks& networks) {
  const auto paradigm = io::read_paradigm(runs.paradigm, workflows::table_rules().paradigm_metrics);
  slurm::require_plain_names(paradigm, runs.option);
  auto options = slurm::read_job_options(runs.base, slurm::plain_runs_name(paradigm, runs.option))
                     .value_or(slurm::JobOptions{});
  if (runs.modfile) options.modfile = runs.modfile->string();
  return paradigm_jobs(runs, options, networks);
}

std::vector<slurm::StageItems> stages_of(const ParadigmJobs& jobs, JobNetworks& networks) {
  return slurm::paradigm_stages(networks.directory(jobs.runs.base), jobs.runs, jobs.paradigm);
}

}  // namespace striate::cli
