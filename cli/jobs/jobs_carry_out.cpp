// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <iostream>

#include "cli/jobs/jobs_kinds.hpp"
#include "cli/jobs/jobs_runs.hpp"
#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "slurm/plan/trial_configs.hpp"

namespace striate::cli {
namespace fs = std::filesystem;
namespace {

/// The jobs of one paradigm on one network with one option, planned.
struct Planned {
  const ParadigmJobs* jobs;
  slurm::JobSetting setting;
  slurm::JobChain chain;
};

/// A network that a job has to build first.
struct PlannedNetwork {
  fs::path base;
  BuildJob job;
  slurm::JobSetting setting;
};

std::vector<Planned> plan_chains(const std::vector<ParadigmJobs>& jobs,
                                 std::vector<std::vector<slurm::StageItems>> stages, JobNetworks& networks) {
  std::vector<Planned> all;
  for (std::size_t k = 0; k < jobs.size(); ++k) {
    const auto& [paradigm, runs, options] = jobs[k];
    auto setting = job_setting(runs.base, options.site, options.site_changes);
    auto chain =
        slurm::make_chain(jobs[k].name(), std::move(stages[k]),
                          networks.workload(paradigm, runs.base, runs.option), options.wishes, setting.site);
    all.push_back({.jobs = &jobs[k], .setting = std::move(setting), .chain = std::move(chain)});
  }
  return all;
}

std::vector<PlannedNetwork> plan_networks(const std::vector<Planned>& chains, JobNetworks& networks) {
  std::vector<PlannedNetwork> all;
  for (const auto& planned : chains) {
    const auto& base = planned.jobs->runs.base;
    if (!networks.is_planned(base) || std::ranges::find(all, base, &PlannedNetwork::base) != all.end())
      continue;
    // Ranks, time and memory that were wished for are about the simulations.
    all.push_back({.base = base,
                   .job = build_job(networks.spec(base), networks.estimate(base), {}, planned.setting.site),
                   .setting = planned.setting});
  }
  return all;
}

/// A row for each chain and one for all, the networks to be built included.
std::string sums_table(const std::vector<Planned>& chains, const std::vector<PlannedNetwork>& networks) {
  std::size_t width = 20;
  for (const auto& planned : chains) width = std::max(width, planned.jobs->label().size() + 2);
  const auto line = [&](const std::string& name, const slurm::ChainSums& sums) {
    return fmt::format("{:<{}}{:>7}{:>13.2f}{:>11}\n", name, width, sums.jobs, sums.core_hours,
                       core::human_bytes(sums.disk_bytes));
  };
  auto text = fmt::format("{:<{}}{:>7}{:>13}{:>11}\n", "runs", width, "jobs", "core-hours", "disk");
  slurm::ChainSums all;
  const auto add = [&](const std::string& name, const slurm::ChainSums& sums) {
    text += line(name, sums);
    all.jobs += sums.jobs, all.core_hours += sums.core_hours, all.disk_bytes += sums.disk_bytes;
  };
  for (const auto& network : networks)
    add("build " + network.base.string(), {.jobs = 1,
                                           .core_hours = core_hours(network.job),
                                           .disk_bytes = network.job.cost.disk_bytes_per_item});
  for (const auto& planned : chains) add(planned.jobs->label(), slurm::sums_of(planned.chain));
  return text + line("in all", all);
}

void print_plan(const std::vector<Planned>& chains, const std::vector<PlannedNetwork>& networks,
                bool builds) {
  for (const auto& planned : chains)
    for (const auto& text : slurm::short_times(planned.chain))
      core::log::warning("{}{} give more --time or fewer --trials-per-job",
                         chains.size() > 1 ? planned.jobs->label() + ": " : "", text);
  for (const auto& network : networks) print_build_job(network.job, network.base.string());
  if (core::log::level() == core::log::Level::quiet) return;
  if (chains.size() == 1) std::cout << slurm::chain_table(chains.front().chain);
  if (chains.size() + networks.size() > 1) std::cout << sums_table(chains, networks);
  if (!networks.empty() && !builds)
    std::cout << fmt::format(
        "estimated from the description of {}, which is not built: 'striate jobs build {} --submit' builds "
        "it, or "
        "--build here does before anything else\n",
        networks.front().base.string(), slurm::network_name(networks.front().base));
  std::cout << std::flush;
}

/// Configurations of trials, for a network that is not there yet: the job that builds it writes them.
std::vector<std::vector<std::string>> trials_calls(const std::vector<Planned>& chains, const fs::path& base) {
  std::vector<std::vector<std::string>> calls;
  for (const auto& planned : chains) {
    const auto& [paradigm, runs, options] = *planned.jobs;
    if (runs.base != base) continue;
    std::vector<std::string> words{"trials", runs.paradigm, base.string(), runs.option, "-q"};
    for (const auto& only : options.only) words.insert(words.end(), {"--only", only});
    for (const auto& change : options.stimulus) words.insert(words.end(), {"--stimulus", change});
    calls.push_back(std::move(words));
  }
  return calls;
}

void refuse_unbuilt(const std::vector<PlannedNetwork>& networks) {
  if (networks.empty()) return;
  const auto base = networks.front().base.string(), name = slurm::network_name(networks.front().base);
  throw core::MissingFileError(
      "no network in {} (it is not built) 'striate jobs build {} -o {} --submit' builds it; --build here "
      "does before "
      "anything else; --dry-run estimates without it",
      base, name, base);
}

}  // namespace

void carry_out(const core::Call& call, const std::vector<ParadigmJobs>& jobs,
               std::vector<std::vector<slurm::StageItems>> stages, JobNetworks& networks) {
  const bool builds = call.kind->name == std::string_view("make") && call.values.given("build");
  const bool submits = call.values.given("submit");
  const auto chains = plan_chains(jobs, std::move(stages), networks);
  const auto to_build = plan_networks(chains, networks);
  if (!builds && !call.values.given("dry-run")) refuse_unbuilt(to_build);
  print_plan(chains, to_build, builds);
  if (call.values.given("dry-run")) return;
  // Everything is written before anything is submitted: what is refused leaves no job behind.
  std::vector<fs::path> scripts;
  for (const auto& network : to_build) {
    const std::vector<std::string> words{"build", slurm::network_name(network.base), "-o",
                                         network.base.string()};
    scripts.push_back(
        write_build_job(network.job, words, trials_calls(chains, network.base), network.setting));
  }
  for (const auto& planned : chains) {
    const auto& [paradigm, runs, options] = *planned.jobs;
    if (!networks.is_planned(runs.base)) slurm::write_trial_configs(runs.base, paradigm, runs.option);
    scripts.push_back(slurm::write_chain(planned.chain, runs, planned.setting));
    slurm::write_job_options(runs.base, planned.chain.name, options);
  }
  if (!submits)
    for (const auto& script : scripts) core::log::info("'bash {}' submits its jobs", script);
  else
    for (const auto& script : scripts) submit(script);
}

}  // namespace striate::cli
