// SPDX-License-Identifier: BSD-3-Clause
// Trained weights as files beside the network's own: copies of its edge files with other syn_weight, in pA,
// rounded to float32 values, and a configuration that names them.
#pragma once

#include <filesystem>
#include <string>

#include "workflows/train.hpp"
#include "workflows/training_run.hpp"

namespace striate::workflows {

/// Throws ConfigError unless trained weights can be written back into copies of the network's edge files: one
/// group of edges, in order, whose types take syn_weight as it is. Before any work. Collective.
void require_writable_edges(const TrainingNetwork& network, const core::Comm& comm);

/// Writes both edge files under their temporary names and makes them appear together, then the configuration
/// (unless one is there). Collective.
void write_trained_network(const TrainingFiles& files, const std::string& suffix, const TrainingRun& run,
                           const training::PerSynapse<float>& weights, const core::Comm& comm);

}  // namespace striate::workflows
