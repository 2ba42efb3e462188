// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>

#include "cli/jobs/jobs_kinds.hpp"
#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "slurm/jobs/queue.hpp"
#include "slurm/jobs/submit.hpp"
#include "slurm/plan/shell_text.hpp"

namespace striate::cli {
namespace fs = std::filesystem;
namespace {

std::optional<int> whole_if(const core::Call& call, const char* name) {
  const auto takes = std::ranges::find(call.kind->options, std::string_view(name), &core::Option::name);
  if (takes == call.kind->options.end()) return std::nullopt;
  const auto value = call.values.whole_if(name);
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

}  // namespace

slurm::Wishes given_wishes(const core::Call& call) {
  slurm::Wishes wishes;
  wishes.ranks = whole_if(call, "ranks");
  wishes.nodes = whole_if(call, "nodes");
  if (const auto time = call.values.text_if("time")) wishes.minutes = slurm::parse_job_time(*time);
  if (const auto memory = call.values.text_if("memory")) wishes.memory_mb = slurm::parse_job_memory(*memory);
  wishes.trials_per_job = whole_if(call, "trials-per-job");
  wishes.throttle = whole_if(call, "throttle");
  return wishes;
}

std::optional<int> given_jobs(const core::Call& call) {
  return whole_if(call, "jobs");
}

slurm::SiteChanges given_site_changes(const core::Call& call) {
  slurm::SiteChanges changes{.partition = call.values.text_if("partition"),
                             .account = call.values.text_if("account"),
                             .mail = call.values.text_if("mail"),
                             .requeue = {}};
  if (!call.values.is("requeue", "site")) changes.requeue = call.values.is("requeue", "yes");
  return changes;
}

void replace_given(const core::Call& call, slurm::JobOptions& options) {
  if (call.values.given("site")) options.site = call.values.text("site");
  const auto given = given_wishes(call);
  const auto replace = [](auto& kept, const auto& now) {
    if (now) kept = now;
  };
  const auto changes = given_site_changes(call);
  replace(options.site_changes.partition, changes.partition);
  replace(options.site_changes.account, changes.account);
  replace(options.site_changes.mail, changes.mail);
  replace(options.site_changes.requeue, changes.requeue);
  replace(options.wishes.ranks, given.ranks);
  replace(options.wishes.nodes, given.nodes);
  replace(options.wishes.minutes, given.minutes);
  replace(options.wishes.memory_mb, given.memory_mb);
  replace(options.wishes.trials_per_job, given.trials_per_job);
  replace(options.wishes.throttle, given.throttle);
}

slurm::JobSetting job_setting(const fs::path& base, const std::string& site,
                              const slurm::SiteChanges& changes) {
  slurm::JobSetting setting{.directory = fs::current_path(),
                            .program = fs::read_symlink("/proc/self/exe").string(),
                            .base = base,
                            .site = slurm::read_site(site)};
  slurm::change_site(setting.site, changes);
  for (const auto& path : {setting.directory.string(), setting.program, base.string()})
    slurm::shell_word(path);
  return setting;
}

std::string continue_command(const slurm::Runs& runs) {
  const std::vector<std::string> words{"striate",          "jobs",      "continue", runs.paradigm,
                                       runs.base.string(), runs.option, "--submit"};
  return slurm::shell_words(words);
}

void cancel_queued(const std::set<std::string>& ids, const std::set<std::string>& names,
                   const std::string& what) {
  const auto queue = slurm::ask_queue(ids);
  if (!ids.empty() && !queue.known)
    throw core::Error(
        core::ExitCode::unavailable,
        "cannot ask squeue for the jobs (no SLURM here, or it does not answer) try where it does");
  std::set<std::string> found;
  // Another cluster, or another year, has other jobs of these numbers.
  for (const auto& job : queue.jobs)
    if (names.contains(job.name)) found.insert(job.id.substr(0, job.id.find('_')));
  slurm::cancel_jobs(found);
  if (core::log::level() == core::log::Level::quiet) return;
  std::cout << (found.empty() ? fmt::format("no job of {} is in the queue\n", what)
                              : fmt::format("cancelled {} job(s) of {}: {}\n", found.size(), what,
                                            fmt::join(found, " ")));
}

void submit(const fs::path& script) {
  const bool quiet = core::log::level() == core::log::Level::quiet;
  const int code = slurm::run_script(script, quiet ? slurm::Output::none : slurm::Output::shown);
  if (code == 0) return;
  const bool no_slurm = code == static_cast<int>(core::ExitCode::unavailable);
  throw core::Error(no_slurm ? core::ExitCode::unavailable : core::ExitCode::io_error,
                    fmt::format("submission failed ({} ended with code {}) see above", script, code));
}

}  // namespace striate::cli
