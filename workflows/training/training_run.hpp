// SPDX-License-Identifier: BSD-3-Clause
// Everything of a training run that lives in memory: the network, what it shall do, and the session that
// trains it. Made from a preset and a network directory; how it goes on is up to train().
#pragma once

#include <memory>
#include <optional>

#include "core/timers.hpp"
#include "training/session.hpp"
#include "workflows/training/training_inputs.hpp"
#include "workflows/training/training_network.hpp"
#include "workflows/training/training_objective.hpp"
#include "workflows/training/training_preset.hpp"

namespace striate::workflows {

class TrainingRun {
 public:
  /// Collective.
  TrainingRun(const TrainingPreset& preset, const std::filesystem::path& config, const core::Comm& comm);
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  const TrainingPreset preset;
  const core::Comm& comm;
  const training::Ranks ranks;
  TrainingNetwork network;  ///< what was made of its edges is in `circuit` and the learner
  TrainingObjective objective;
  std::unique_ptr<TrainingInputs> inputs;
  training::Circuit<float> circuit;
  training::WeightGroups groups;
  core::HugeVector<float> start;  ///< recurrent weights that training began with
  std::unique_ptr<training::WeightTerm<float>> weight_term;
  std::unique_ptr<training::Session<float>> session;
  core::PhaseTimers timers;  ///< of this rank, by training::Part

 private:
  void watch(training::Part part);
  core::Clock::time_point part_began_;
  training::Part part_ = training::Part::pause;
};

}  // namespace striate::workflows
