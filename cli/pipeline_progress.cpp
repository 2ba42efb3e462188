// SPDX-License-Identifier: BSD-3-Clause
#include "cli/pipeline_progress.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <deque>
#include <fstream>

#include "core/log.hpp"
#include "slurm/make/make_rules.hpp"

namespace striate::cli {
namespace {

namespace fs = std::filesystem;
using slurm::MadeStep;
using slurm::Stage;

constexpr Stage stages[] = {Stage::build, Stage::train,    Stage::interventions, Stage::background,
                            Stage::lgn,   Stage::simulate, Stage::metrics,       Stage::figures};

std::size_t count_if(std::span<const MadeStep> steps, Stage stage, bool to_run) {
  return static_cast<std::size_t>(std::ranges::count_if(steps, [&](const auto& made) {
    return made.step.stage == stage && (!to_run || !made.reason.empty());
  }));
}

/// The last lines of a step's output.
std::vector<std::string> last_lines(const fs::path& file, std::size_t count) {
  std::deque<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    lines.push_back(line);
    if (lines.size() > count) lines.pop_front();
  }
  return {lines.begin(), lines.end()};
}

}  // namespace

std::string describe_plan(std::span<const MadeStep> trials, std::span<const MadeStep> steps) {
  std::string text = fmt::format("{:<14}{:>8}{:>8}{:>8}\n", "stage", "steps", "to run", "calls");
  for (const auto stage : stages)
    if (const auto all = count_if(trials, stage, false); all != 0)
      text += fmt::format("{:<14}{:>8}{:>8}{:>8}\n", slurm::name_of(stage), all,
                          count_if(trials, stage, true), count_if(steps, stage, true));
  std::string calls;
  for (const auto& made : steps)
    if (!made.reason.empty()) calls += fmt::format("  {} ({})\n", made.step.label, made.reason);
  return text + (calls.empty() ? "nothing would run: all is up to date\n" : "would run:\n" + calls);
}

PipelineProgress::PipelineProgress(std::span<const MadeStep> steps, std::vector<fs::path> logs)
    : steps_(steps), logs_(std::move(logs)) {
  for (std::size_t k = 0; k < steps.size(); ++k) {
    begins_[steps[k].step.label] = k;
    ends_[slurm::done_line(steps[k].step.label)] = k;
    for (const auto& output : steps[k].step.outputs) makers_[output] = k;
    if (!steps[k].reason.empty()) ++to_run_;
  }
}

void PipelineProgress::take(const std::string& line) {
  if (const auto step = begins_.find(line); step != begins_.end()) return begin(step->second);
  if (const auto step = ends_.find(line); step != ends_.end()) return end(step->second);
  if (const auto failure = slurm::parse_failure(line)) return report_failure(*failure);
  other_lines_.push_back(line);
}

void PipelineProgress::begin(std::size_t step) {
  running_[step] = core::Clock::now();
  ++begun_;
  core::log::info("[{} of {}] {}", begun_, std::max(to_run_, begun_), steps_[step].step.label);
}

void PipelineProgress::end(std::size_t step) {
  const auto stage = steps_[step].step.stage;
  const auto running = running_.find(step);  // gone where two steps have the same label
  seconds_[stage] += running == running_.end() ? 0.0 : core::seconds_since(running->second);
  ++finished_[stage];
  ++done_;
  running_.erase(step);
}

void PipelineProgress::report_failure(const slurm::MakeFailure& failure) {
  exit_codes_.push_back(failure.exit_code);
  const auto maker = makers_.find(failure.target.string());
  if (maker == makers_.end()) {
    core::log::warning("{} was not made (exit code {})", failure.target, failure.exit_code);
    return;
  }
  running_.erase(maker->second);
  const auto& log = logs_[maker->second];
  core::log::warning("failed: {} (exit code {}), its log {} ends with\n    {}",
                     steps_[maker->second].step.label, failure.exit_code, log,
                     fmt::join(last_lines(log, 3), "\n    "));
}

void PipelineProgress::report_times() const {
  for (const auto stage : stages)
    if (const auto count = finished_.find(stage); count != finished_.end())
      core::log::info("  {:<14}{:>5} step(s) {:>8.1f} s", slurm::name_of(stage), count->second,
                      seconds_.at(stage));
}

core::ExitCode PipelineProgress::finish(const slurm::MakeOutcome& outcome) {
  const auto seconds = core::seconds_since(start_);
  core::log::info("{} of {} step(s) done in {:.1f} s", done_, to_run_, seconds);
  report_times();
  if (outcome.signal != 0)
    throw core::Error(
        static_cast<core::ExitCode>(128 + outcome.signal),
        fmt::format("interrupted by signal {} ({} of {} steps were done) the same command goes on "
                    "from there",
                    outcome.signal, done_, to_run_));
  if (!exit_codes_.empty())
    throw core::Error(
        static_cast<core::ExitCode>(exit_codes_.front()),
        fmt::format("{} step(s) failed ({} of {} were done) see above; after correcting the cause "
                    "the same command goes on from there",
                    exit_codes_.size(), done_, to_run_));
  if (outcome.exit_code != 0)
    throw core::Error(core::ExitCode::internal, fmt::format("make ended with {} ({})", outcome.exit_code,
                                                            fmt::join(other_lines_, " | ")));
  return core::ExitCode::done;
}

}  // namespace striate::cli
