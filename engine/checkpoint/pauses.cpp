// SPDX-License-Identifier: BSD-3-Clause
#include "engine/checkpoint/pauses.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "core/text.hpp"

namespace striate::engine {
namespace {

using core::Clock;

constexpr core::Step never = std::numeric_limits<core::Step>::max();
/// Left before a job's end, besides what a checkpoint takes three times over.
constexpr double least_margin_s = 60;

Clock::duration of_seconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

core::Step steps_of(const std::optional<double>& simulated_ms, const core::TimeGrid& grid,
                    const char* option) {
  if (!simulated_ms) return 0;
  const auto steps = grid.nearest_step(*simulated_ms);
  if (steps < 1)
    throw core::UsageError("invalid --{} {}ms (a step takes {} ms) give at least that", option, *simulated_ms,
                           grid.dt_ms);
  return steps;
}

/// SLURM tells when the job ends, in seconds since 1970.
std::optional<Clock::time_point> end_of_job() {
  const char* text = std::getenv("SLURM_JOB_END_TIME");
  const auto end = text == nullptr ? std::nullopt : core::parse_number<std::int64_t>(text);
  if (!end) return std::nullopt;
  const auto left =
      std::chrono::system_clock::time_point(std::chrono::seconds(*end)) - std::chrono::system_clock::now();
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(left);
}

}  // namespace

Pauses::Pauses(const CheckpointOptions& options, Clock::time_point start, const core::TimeGrid& grid,
               const core::Comm& comm)
    : options_(options),
      comm_(comm),
      start_(start),
      next_wall_(Clock::now() + of_seconds(options.every.wall_s.value_or(0))),
      job_end_(end_of_job()),
      every_(steps_of(options.every.simulated_ms, grid, "checkpoint-every")),
      budget_(steps_of(options.stop_after.simulated_ms, grid, "stop-after")) {}

core::Step Pauses::stop_step() const {
  return budget_ == 0 ? never : trial_start_ + budget_ - used_;
}

bool Pauses::wants_checkpoint(core::Step now) const {
  return every_ != 0 && now > trial_start_ && now % every_ == 0;
}

core::Step Pauses::next_after(core::Step now) const {
  const core::Step next_checkpoint = every_ == 0 ? never : (now / every_ + 1) * every_;
  return std::min(next_checkpoint, std::max(stop_step(), now + 1));
}

bool Pauses::out_of_time() const {
  const auto now = Clock::now();
  if (options_.stop_after.wall_s && now >= start_ + of_seconds(*options_.stop_after.wall_s)) return true;
  if (!job_end_) return false;
  // A job that is short for such margins gets on for half of its time.
  const auto latest = *job_end_ - of_seconds(std::max(least_margin_s, 3 * checkpoint_s_));
  return now >= std::max(latest, start_ + (*job_end_ - start_) / 2);
}

bool Pauses::due(core::Step now) const {
  return requests_.pending() || now >= stop_step() || wants_checkpoint(now) || out_of_time() ||
         (options_.every.wall_s && Clock::now() >= next_wall_);
}

Pauses::Decision Pauses::decide(core::Step now) {
  const auto any = [&](bool own) { return comm_.max(std::int64_t{own}) != 0; };
  Decision decision;
  const auto request = requests_.poll(comm_);
  if (request.signal != 0) {
    decision.stop = static_cast<core::ExitCode>(128 + request.signal);
    decision.why = fmt::format("signal {}", request.signal);
  } else if (request.checkpoint) {
    decision.stop = core::ExitCode::checkpointed;
    decision.why = "USR1";
  } else if (now >= stop_step()) {
    decision.stop = core::ExitCode::checkpointed;
    decision.why = fmt::format("--stop-after {}ms", *options_.stop_after.simulated_ms);
  } else if (any(out_of_time())) {
    decision.stop = core::ExitCode::checkpointed;
    decision.why = "the time is up";
  }
  const bool wall = options_.every.wall_s && any(Clock::now() >= next_wall_);
  if (wall) next_wall_ = Clock::now() + of_seconds(*options_.every.wall_s);
  decision.checkpoint = decision.stop || wall || wants_checkpoint(now);
  return decision;
}

void Pauses::wrote_checkpoint(double seconds) {
  checkpoint_s_ = std::max(checkpoint_s_, seconds);
}

std::string Pauses::plan() const {
  std::string text;
  if (options_.every.wall_s) text += fmt::format("every {}, ", core::human_seconds(*options_.every.wall_s));
  if (options_.every.simulated_ms)
    text += fmt::format("every {} ms of simulated time, ", *options_.every.simulated_ms);
  text += "at USR1 and before an end by TERM or INT";
  if (options_.stop_after.wall_s)
    text += fmt::format("; after {} it stops", core::human_seconds(*options_.stop_after.wall_s));
  if (options_.stop_after.simulated_ms)
    text += fmt::format("; after {} ms of simulated time it stops", *options_.stop_after.simulated_ms);
  if (job_end_) {
    const auto left = std::chrono::duration<double>(*job_end_ - Clock::now()).count();
    text += fmt::format("; before the job ends in {} it stops", core::human_seconds(left));
  }
  return text;
}

}  // namespace striate::engine
