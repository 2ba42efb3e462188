// SPDX-License-Identifier: BSD-3-Clause
// The checkpoints that a call of simulate() writes: their headers, their times, their ends.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/timers.hpp"
#include "engine/checkpoint/pauses.hpp"
#include "engine/run/loaded_network.hpp"
#include "engine/run/recorder.hpp"
#include "engine/run/resume.hpp"
#include "engine/run/run.hpp"
#include "engine/run/spike_recorder.hpp"
#include "engine/run/trials.hpp"

namespace striate::engine {

/// A trial at work.
struct RunningTrial {
  const Trial& trial;
  const Network& network;
  LoadedNetwork& loaded;
  std::vector<Recorder>& recorders;
  SpikeRecorder& spikes;
};

/// Ends of a checkpoint's writing are collective, and so is everything here but wanted().
class Checkpoints {
 public:
  Checkpoints(const CheckpointOptions& options, Ports ports, core::Clock::time_point start,
              std::int64_t clock, const core::TimeGrid& grid, const core::Comm& comm);

  bool wanted() const { return pauses_ != nullptr; }
  /// "checkpoints of about 84 MB, two kept, …" for the plan and the log.
  std::string plan(const Trial& trial, const Network& network) const;

  /// A trial that has just begun stays at its start.
  void begin_anew(const RunningTrial& running);
  /// Puts a trial that has just begun where its checkpoint was written.
  void resume(const TrialStart& start, const RunningTrial& running);
  /// Before the steps of a trial: of its network, checksums are taken. Returns the exit code when the run was
  /// stopped before it could go on.
  std::optional<core::ExitCode> begin(const RunningTrial& running);
  /// What the steps of the trial look at; empty functions when no checkpoints are wanted.
  Interruptions interruptions(const RunningTrial& running);
  /// After the steps: how the run was stopped, or nullopt when the trial has got to its end, of which there
  /// is a checkpoint then.
  std::optional<core::ExitCode> end(const RunningTrial& running);
  /// The results of the trial have their names. `next`: the trial after it. Returns whether the spools are
  /// still needed.
  bool finished(const RunningTrial& running, const Trial* next);
  /// That `trial` was finished by an earlier call.
  void skipped(const Trial& trial) { finished_.push_back(text_of(trial.config)); }

 private:
  void write(const RunningTrial& running);
  CheckpointHeader header_of(const Trial& trial, const Network& network) const;
  bool attend(const RunningTrial& running);

  CheckpointOptions options_;
  Ports ports_;
  std::int64_t clock_;
  core::Comm comm_;
  std::unique_ptr<Pauses> pauses_;
  std::vector<TrialText> finished_;
  std::optional<core::ExitCode> stop_;
  core::Step written_at_ = -1;  ///< in the trial under way
  std::uint64_t network_ = 0;  ///< its checksum
};

}  // namespace striate::engine
