// SPDX-License-Identifier: BSD-3-Clause
// What `striate pipeline` says: before (the plan in words), during (one line for each step) and after (times
// of the stages, or which step failed and where its log is).
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/errors/error.hpp"
#include "core/timers.hpp"
#include "slurm/make/run_make.hpp"
#include "slurm/plan/made_step.hpp"

namespace striate::cli {

/// `trials` are the steps one by one, `steps` as they share calls.
std::string describe_plan(std::span<const slurm::MadeStep> trials, std::span<const slurm::MadeStep> steps);

class PipelineProgress {
 public:
  PipelineProgress(std::span<const slurm::MadeStep> steps, std::vector<std::filesystem::path> logs);

  /// A line that make or a step printed.
  void take(const std::string& line);
  /// Says how it ended; the exit code is that of the first step that failed.
  core::ExitCode finish(const slurm::MakeOutcome& outcome);

 private:
  void begin(std::size_t step);
  void end(std::size_t step);
  void report_failure(const slurm::MakeFailure& failure);
  void report_times() const;

  std::span<const slurm::MadeStep> steps_;
  std::vector<std::filesystem::path> logs_;
  std::map<std::string, std::size_t> begins_, ends_;  ///< lines that tell of a step
  std::map<std::string, std::size_t> makers_;  ///< by output
  std::map<std::size_t, core::Clock::time_point> running_;
  std::map<slurm::Stage, double> seconds_;
  std::map<slurm::Stage, std::size_t> finished_;
  std::vector<int> exit_codes_;  ///< of steps that failed
  std::vector<std::string> other_lines_;  ///< that make said
  std::size_t to_run_ = 0, begun_ = 0, done_ = 0;
  core::Clock::time_point start_ = core::Clock::now();
};

}  // namespace striate::cli
