// SPDX-License-Identifier: BSD-3-Clause
// Trained weights as files beside the network's own: copies of its edge files with other syn_weight, in pA,
// rounded to float32 values, and a configuration that names them.
#pragma once

#include <filesystem>
#include <string>

#include "workflows/training/training_run.hpp"

namespace striate::workflows {

/// What training reads and writes, for those who plan around it.
struct TrainingFiles {
  std::filesystem::path config;  ///< of the network to train
  std::filesystem::path recurrent, background, lgn;  ///< trained weights; of the LGN where they are trained
  std::filesystem::path result_config;
  std::filesystem::path folder, checkpoint, log, held_out, weights, provenance;
};
/// Throws UsageError unless results can have this name.
void require_training_name(const std::string& suffix);
TrainingFiles training_files(const std::filesystem::path& base, const std::string& suffix);

/// Throws FormatError unless trained weights can be written back into copies of the network's edge files: one
/// group of edges, in order; ConfigError unless the configuration of that name, there or to be derived, runs
/// just them. Before any work. Collective.
void require_writable(const TrainingFiles& files, const std::string& suffix, const TrainingRun& run);

/// Writes the edge files under their temporary names and makes them appear together, then the configuration
/// (unless one is there). Collective.
void write_trained_network(const TrainingFiles& files, const std::string& suffix, const TrainingRun& run,
                           const training::PerSynapse<float>& weights);

}  // namespace striate::workflows
