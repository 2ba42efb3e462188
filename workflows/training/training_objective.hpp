// SPDX-License-Identifier: BSD-3-Clause
// What a network's activity shall be like: cells of the recorded types with targets drawn from the
// recordings.
#pragma once

#include <string>
#include <vector>

#include "training/losses/losses.hpp"
#include "workflows/training/training_network.hpp"
#include "workflows/training/training_preset.hpp"

namespace striate::workflows {

/// Recorded means of a type, Hz.
struct RecordedRates {
  double evoked = 0, spontaneous = 0;
};

struct TrainingObjective {
  training::Objective objective;
  std::vector<std::string> types;  ///< with recordings and cells, L5 excitatory ones as one
  std::vector<RecordedRates> recorded;  ///< [type]
  std::vector<std::vector<double>> evoked_hz, spontaneous_hz;  ///< [type], of all recorded units, rising
  std::vector<int> type_of;  ///< [cell], -1 without recordings
  std::vector<std::string> warnings;  ///< types that are left out, targets that rest on few units
};

/// Throws ConfigError for networks with too few excitatory cells, trial durations without Fano targets, and
/// targets that are no numbers.
TrainingObjective make_objective(const TrainingPreset& preset, const TrainingCells& cells);

}  // namespace striate::workflows
