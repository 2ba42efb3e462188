// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>

#include "cli/jobs/jobs_kinds.hpp"
#include "cli/jobs/jobs_runs.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "slurm/jobs/status.hpp"
#include "slurm/jobs/status_table.hpp"
#include "slurm/plan/shell_text.hpp"

namespace striate::cli {
namespace {

constexpr std::size_t most_listed = 20;

bool is_training(const core::Call& call) {
  return call.argument("PARADIGM") == training_word;
}

/// `run` for every BASE of a call about training.
Files for_each_training(const core::Call& call, void (*run)(const core::Call& call)) {
  for (const auto& base : call.arguments.at("BASE")) {
    auto one = call;
    one.arguments["BASE"] = {base};
    run(one);
  }
  return {};
}

/// Scripts of all jobs of these runs, the one that prints the status at the end included.
std::set<std::string> scripts_of(const ParadigmJobs& jobs, std::span<const slurm::StageItems> stages) {
  std::set<std::string> scripts{"collect_" + jobs.name()};
  for (const auto& stage : stages) scripts.insert(stage.script);
  return scripts;
}

/// What is known of the runs of one paradigm.
struct Known {
  ParadigmJobs jobs;
  std::vector<slurm::StageItems> stages;
  std::set<std::string> ids;  ///< of its jobs
  std::vector<slurm::StageStatus> status;
};

struct KnownRuns {
  std::vector<Known> all;
  slurm::Queue queue;  ///< of the jobs of all of them
};

KnownRuns known_runs(const core::Call& call, JobNetworks& networks) {
  std::vector<Known> all;
  std::set<std::string> ids;
  for (auto runs : runs_of(call)) {
    if (call.kind->name == std::string_view("status") && call.values.given("modfile"))
      runs.modfile = call.values.text("modfile");
    Known known{.jobs = kept_jobs(runs, networks), .stages = {}, .ids = {}, .status = {}};
    known.stages = stages_of(known.jobs, networks);
    known.ids = slurm::job_ids(runs.base, scripts_of(known.jobs, known.stages), known.stages);
    ids.insert(known.ids.begin(), known.ids.end());
    all.push_back(std::move(known));
  }
  auto queue = slurm::ask_queue(ids);
  for (auto& known : all) known.status = slurm::status_of(known.jobs.runs.base, known.stages, queue);
  return {.all = std::move(all), .queue = std::move(queue)};
}

/// Elements of arrays counted; nullopt where the queue says nothing.
std::optional<std::size_t> queued_of(const std::set<std::string>& ids, const slurm::Queue& queue) {
  if (ids.empty()) return 0;
  if (!queue.known) return std::nullopt;
  return static_cast<std::size_t>(std::ranges::count_if(
      queue.jobs, [&](const auto& job) { return ids.contains(job.id.substr(0, job.id.find('_'))); }));
}

std::string continue_command(const core::Call& call) {
  std::vector<std::string> words{"striate", "jobs", "continue", call.argument("PARADIGM")};
  for (const auto& base : call.arguments.at("BASE")) words.push_back(base);
  words.insert(words.end(), {call.argument("OPT"), "--submit"});
  return slurm::shell_words(words);
}

}  // namespace

Files run_jobs_make(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  const auto& values = call.values;
  const slurm::JobOptions options{.only = values.texts("only"),
                                  .stimulus = values.texts("stimulus"),
                                  .site = values.text("site"),
                                  .modfile = values.text_if("modfile"),
                                  .wishes = given_wishes(call),
                                  .site_changes = given_site_changes(call)};
  if (options.modfile) core::require_readable(*options.modfile, "--modfile names it");
  JobNetworks networks;
  std::vector<ParadigmJobs> jobs;
  std::vector<std::vector<slurm::StageItems>> stages;
  for (const auto& runs : runs_of(call)) {
    jobs.push_back(paradigm_jobs(runs, options, networks));
    stages.push_back(stages_of(jobs.back(), networks));
  }
  carry_out(call, jobs, std::move(stages), networks);
  return {};
}

Files run_jobs_status(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  if (is_training(call)) return for_each_training(call, training_status);
  JobNetworks networks;
  const auto [all, queue] = known_runs(call, networks);
  const bool quiet = core::log::level() == core::log::Level::quiet;
  bool done = true;
  std::vector<slurm::RunsStatus> rows;
  for (const auto& known : all) {
    const auto& [jobs, stages, its, status] = known;
    auto row = slurm::summary_of(status);
    row.network = jobs.runs.base.string();
    row.paradigm = jobs.paradigm.name;
    row.option = jobs.runs.option;
    row.core_hours = slurm::used_core_hours(jobs.runs.base, stages);
    row.queued = queued_of(its, queue);
    rows.push_back(std::move(row));
    done = done && slurm::unfinished(stages, status).empty();
  }
  std::cout << (all.size() == 1 ? slurm::stage_table(all.front().status) : slurm::status_table(rows));
  if (quiet) return {};
  for (const auto& known : all) {
    const auto list = slurm::unfinished_list(known.status, all.size() == 1 ? most_listed : 1);
    if (all.size() > 1 && !list.empty()) std::cout << known.jobs.label() << '\n';
    std::cout << list;
  }
  if (all.size() == 1)
    std::cout << fmt::format(
        "{:.2f} core-hours used{}\n", rows.front().core_hours,
        rows.front().queued ? fmt::format("; {} jobs in the queue", *rows.front().queued) : "");
  std::cout << (done ? "all is done\n"
                     : fmt::format("when no job of it is left, continue with: {}\n", continue_command(call)));
  return {};
}

Files run_jobs_continue(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  if (is_training(call)) return for_each_training(call, continue_training);
  if (given_jobs(call))
    throw core::UsageError("--jobs is of training (a paradigm has the jobs of its stages)");
  JobNetworks networks;
  std::vector<ParadigmJobs> jobs;
  std::vector<std::vector<slurm::StageItems>> stages;
  for (auto& known : known_runs(call, networks).all) {
    auto work = slurm::unfinished(known.stages, known.status);
    if (work.empty()) continue;
    replace_given(call, known.jobs.options);
    jobs.push_back(std::move(known.jobs));
    stages.push_back(std::move(work));
  }
  if (jobs.empty())
    core::log::info("all is done: nothing to continue");
  else
    carry_out(call, jobs, std::move(stages), networks);
  return {};
}

Files run_jobs_cancel(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  if (is_training(call)) return for_each_training(call, cancel_training);
  JobNetworks networks;
  std::set<std::string> ids, names;
  std::vector<std::string> labels;
  for (const auto& runs : runs_of(call)) {
    const auto jobs = kept_jobs(runs, networks);
    const auto stages = stages_of(jobs, networks);
    const auto scripts = scripts_of(jobs, stages);
    ids.merge(slurm::job_ids(runs.base, scripts, stages));
    for (const auto& script : scripts) names.insert(slurm::job_name(runs.base, script));
    labels.push_back(jobs.label());
  }
  cancel_queued(ids, names, labels.size() == 1 ? labels.front() : fmt::format("{} runs", labels.size()));
  return {};
}

Files run_jobs_missing(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  if (is_training(call)) return missing_training(call), Files{};
  slurm::JobOptions options;
  options.modfile = call.values.text_if("modfile");
  JobNetworks networks;
  const auto jobs = paradigm_jobs({.paradigm = call.argument("PARADIGM"),
                                   .base = call.argument("BASE"),
                                   .option = call.argument("OPT"),
                                   .modfile = {}},
                                  options, networks);
  const auto name = call.argument("STAGE");
  for (const auto& stage : stages_of(jobs, networks)) {
    if (slurm::name_of(stage.stage) != name) continue;
    slurm::FileTimes times;
    for (const auto& text : call.arguments.at("INDEX")) {
      const auto index = core::parse_number<std::size_t>(text);
      const auto item =
          std::ranges::find(stage.items, index.value_or(~std::size_t{0}), &slurm::StageItem::index);
      if (item == stage.items.end())
        throw core::UsageError("no item {} in stage {} of {}", text, name, jobs.paradigm.name);
      if (!slurm::problem_with_outputs(item->step, &times).empty()) std::cout << item->index << '\n';
    }
    return {};
  }
  throw core::UsageError("unknown stage '{}' of {} (background, lgn, simulate or metrics)", name,
                         jobs.paradigm.name);
}

}  // namespace striate::cli
