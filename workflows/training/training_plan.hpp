// SPDX-License-Identifier: BSD-3-Clause
// Training for those who plan around it: which options can be trained, the files, and what it takes, by a
// closed form of the network's sizes (docs/training.md, "Time and memory"). `striate train --dry-run`
// measures instead.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "slurm/plan/training_step.hpp"
#include "workflows/training/training_preset.hpp"

namespace striate::workflows {

/// The shipped preset of that name, else bio_trained.
std::string preset_of_option(const std::string& option);

struct TrainingSizes {
  double cells = 0, recurrent = 0, lgn = 0, background = 0;  ///< edges of three kinds
};
/// Of the network that a configuration names. Throws as whoever reads its files.
TrainingSizes training_sizes(const std::filesystem::path& config);

struct TrainingEstimate {
  std::uint64_t steps = 0;
  double step_s = 0;  ///< on one core, judgements on held-out trials included
  std::uint64_t shared_bytes = 0;  ///< divided among the ranks
  std::uint64_t bytes_per_rank = 0;  ///< besides
  double core_hours() const { return static_cast<double>(steps) * step_s / 3600; }
};
TrainingEstimate estimate_training(const TrainingSizes& sizes, const TrainingPreset& preset);
/// "about 0.3 core-hours, 1875 steps of 0.5 s on one core, and 200 MB of memory".
std::string describe(const TrainingEstimate& estimate);

/// For plans of runs: shipped presets' names can be trained.
slurm::TrainingRule training_rule();
slurm::TrainedFiles trained_files(const std::filesystem::path& base, const std::string& option,
                                  const TrainingPreset& preset);

}  // namespace striate::workflows
