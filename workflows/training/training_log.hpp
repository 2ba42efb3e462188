// SPDX-License-Identifier: BSD-3-Clause
// The course of training as tables: one row a step with all loss terms, mean rates and distances from the
// recorded distributions by type; one row per judgement on held-out trials; histograms of weights. A run that
// goes on from a checkpoint drops the rows after it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "workflows/training/training_run.hpp"

namespace striate::workflows {

/// What a step came to.
struct StepReport {
  std::uint64_t step = 0;  ///< from 1
  training::UpdateReport evoked, spontaneous;
  double seconds = 0;  ///< wall time
};

/// Mean rates in Hz of a type's core cells, and 1 - Kolmogorov-Smirnov distance of their distribution from
/// the recorded one.
struct TypeActivity {
  double rate_hz = 0, similarity = 0;
  std::uint32_t cells = 0, silent = 0;
};
std::vector<TypeActivity> type_activity(const TrainingRun& run, const training::UpdateReport& report,
                                        training::Activity activity);

class TrainingLog {
 public:
  /// Root only. Keeps rows up to `steps_done` of a log that is there, if any.
  TrainingLog(const std::filesystem::path& steps, const std::filesystem::path& held_out,
              const TrainingRun& run, std::uint64_t steps_done);
  void add(const StepReport& report);
  /// `weight_distance`: earth mover's distance from the weights as built, whatever its strength in the loss.
  void add(std::uint64_t step, const training::Session<float>::Judgement& judgement, double weight_distance,
           bool best);

 private:
  const TrainingRun& run_;
  std::ofstream steps_, held_out_;
};

/// Histograms of |weight| in pA, start and `weights`, for connections among excitatory and inhibitory cells.
/// Collective.
std::string weight_histograms(const TrainingRun& run, const core::HugeVector<float>& weights,
                              const core::Comm& comm);

/// One line for the terminal.
std::string summary(const TrainingRun& run, const StepReport& report);

}  // namespace striate::workflows
