// SPDX-License-Identifier: BSD-3-Clause
// When a simulation writes a checkpoint, and when it stops with one: what its user asked for, signals, the
// end of a job of SLURM. Ranks see clock and signals on their own; whatever one of them sees, all decide
// together.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "core/durations.hpp"
#include "core/errors/error.hpp"
#include "core/ranks/comm.hpp"
#include "core/run/stop_requests.hpp"
#include "core/time_grid.hpp"
#include "core/timers.hpp"

namespace striate::engine {

struct CheckpointOptions {
  core::RunLength every;  ///< --checkpoint-every
  core::RunLength stop_after;  ///< --stop-after, from the beginning of the call
  std::optional<std::filesystem::path> file;  ///< --checkpoint; default: in the output directory of the trial
  bool resume = false;
  bool keep = false;  ///< the last one of a complete trial, which can be extended then
  /// Without any of these no checkpoint is written, whatever signals come.
  bool wanted() const {
    return every.wall_s || every.simulated_ms || stop_after.wall_s || stop_after.simulated_ms || file ||
           resume || keep;
  }
};

class Pauses {
 public:
  /// `start`: of the call. `grid`: of all trials. Throws UsageError for times shorter than a step.
  Pauses(const CheckpointOptions& options, core::Clock::time_point start, const core::TimeGrid& grid,
         const core::Comm& comm);

  /// A trial begins, or goes on, at `now`; and has got to `now`.
  void begin_trial(core::Step now) { trial_start_ = now; }
  void end_trial(core::Step now) { used_ += now - trial_start_; }
  /// The next step after `now` at which simulated time asks for a pause.
  core::Step next_after(core::Step now) const;
  /// Whether this rank sees a reason to decide(). Cheap.
  bool due(core::Step now) const;

  struct Decision {
    bool checkpoint = false;
    std::optional<core::ExitCode> stop;
    std::string why;  ///< of stopping
  };
  /// Collective, when any rank is due.
  Decision decide(core::Step now);
  /// How long a checkpoint took, on the slowest rank: the end of a job leaves time for one.
  void wrote_checkpoint(double seconds);
  /// "every 600 s, at USR1, before 3.0 h are over"
  std::string plan() const;

 private:
  core::Step stop_step() const;
  bool wants_checkpoint(core::Step now) const;
  bool out_of_time() const;

  CheckpointOptions options_;
  core::Comm comm_;
  core::StopRequests requests_;
  core::Clock::time_point start_, next_wall_;
  std::optional<core::Clock::time_point> job_end_;
  double checkpoint_s_ = 0;
  core::Step every_ = 0, budget_ = 0;  ///< steps, 0: none
  core::Step used_ = 0;  ///< of the budget, by earlier trials
  core::Step trial_start_ = 0;
};

}  // namespace striate::engine
