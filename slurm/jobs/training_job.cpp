// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/training_job.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/jobs/script_parts.hpp"
#include "slurm/jobs/submit.hpp"
#include "slurm/plan/shell_text.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

constexpr double chain_margin = 3;  // of the estimate; jobs that are not needed end at once
constexpr int most_jobs = 100;

/// What a job trains, between loading and the signal before its end.
double useful_s(const Job& job) {
  return std::max(1.0, job.request.minutes * 60 - job.request.warning_s - job.cost.start_s);
}

// clang-format off
constexpr const char* before_notes = R"sh(
# What stopped an earlier job of this chain for good would stop this one as well; 75, 138 and 143 are interruptions.
if [[ -r "$state/0.failed" ]]; then
  before="$(sed -n 's/^exit=//p' -- "$state/0.failed")"
  case "$before" in
    75 | 138 | 143) ;;
    *)
      echo "an earlier job of the chain failed (exit code $before), so this one does not begin" >&2
      exit "${before:-70}"
      ;;
  esac
elif [[ -r "$state/0.started" ]]; then
  # It left no word: was it killed for its memory, which this one would not have more of?
  log_before="$(sed -n 's/^log=//p' -- "$state/0.started")"
  if grep -qE '^slurmstepd.*(exceeded memory limit|oom[-_]kill)' -- "$log_before"; then
    echo "an earlier job of the chain was killed for its memory (see $log_before), so this one does not begin" >&2
    exit 137
  fi
fi
)sh";
constexpr const char* work = R"sh(
resume=()
[[ ! -e "$checkpoint" ]] || resume=(--resume)
run "${launcher[@]}" "${striate[@]}" "${command[@]}" --stop-on-usr1 "${resume[@]}" || rc=$?
exit "$rc"
)sh";
// clang-format on

}  // namespace

TrainingJob training_job(StageItems items, const fs::path& checkpoint, const Cost& cost, int ranks,
                         double unit_s, const Wishes& wishes, std::optional<int> jobs, const Site& site) {
  TrainingJob training{.job = {.items = std::move(items),
                               .elements = {},
                               .throttle = 0,
                               .request = request_for(cost, 1, ranks, wishes, site),
                               .cost = cost},
                       .checkpoint = checkpoint};
  auto& request = training.job.request;
  const int limit_s = request.minutes * 60;
  const int warning_s = 60 + static_cast<int>(std::min(1e6, std::ceil(chain_margin * unit_s / 60) * 60));
  request.warning_s = std::min(warning_s, std::max(30, limit_s / 2));
  if (cost.start_s + chain_margin * unit_s > limit_s)
    throw core::UsageError(
        "a job of {} would not get to a checkpoint (loading takes about {:.0f} s, a step with its checkpoint "
        "{:.0f} s) give more --time or --ranks",
        job_time(request.minutes), cost.start_s, unit_s);
  training.count = jobs.value_or(std::clamp(
      static_cast<int>(std::ceil(std::min(1e6, chain_margin * cost.item_s / useful_s(training.job)))), 1,
      most_jobs));
  return training;
}

std::string short_chain_text(const TrainingJob& training) {
  const double needed = training.job.cost.item_s / useful_s(training.job);
  if (training.count >= needed) return {};
  return fmt::format("{} job(s) of {} (about {:.0f} are expected)", training.count,
                     job_time(training.job.request.minutes), std::ceil(needed));
}

std::string training_script(const TrainingJob& training, const Runs& runs, const JobSetting& setting) {
  const auto& items = training.job.items;
  auto text = script_opening(training.job, runs, setting);
  text += fmt::format("checkpoint={}\ntodo=(0)\ncommand=({})\n", shell_word(training.checkpoint.string()),
                      shell_words(items.items.front().step.arguments));
  return text + before_notes + script_parts::notes + work;
}

fs::path write_training(const TrainingJob& training, const Runs& runs, const JobSetting& setting) {
  const auto& name = training.job.items.script;
  const auto collector = "collect_" + name, submission = "submit_" + name;
  const auto state = state_directory(setting.base, training.job.items.work);
  const io::TextFile scripts[] = {
      {script_path(setting.base, name), training_script(training, runs, setting)},
      {script_path(setting.base, collector), collector_script(collector, runs, setting)},
      {script_path(setting.base, submission),
       repeated_submit_script(training.job.items, training.count, collector, setting)}};
  io::make_folder(setting.base / "jobs/logs");
  io::make_folder(state);
  io::write_text_files(scripts);
  return script_path(setting.base, submission);
}

}  // namespace striate::slurm
