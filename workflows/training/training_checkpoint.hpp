// SPDX-License-Identifier: BSD-3-Clause
// A training run on disk: weights, moments, running means, the gray state of the epoch and the best weights
// so far, in the order of the network's files, so that any number of ranks can go on with equal bits. HDF5:
//
//     /recurrent/{weight, first_moment, second_moment, best}: float32 by row of the edge file, pA over
//     threshold
//
//     /background/{…}, and /lgn/{…} where it is trained: the same
//
//     /cells/mean_rate: float64 by cell, spikes per ms
//
//     /gray/N/{state, spikes}: of a group of trials, [cell][variable x trial] and (step, cell, trials) of the
//     last steps
//
// and attributes of "/": iteration, steps, best_total, best_step, weights_hash, settings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "workflows/training/training_run.hpp"

namespace striate::workflows {

/// Progress of a run beside its session.
struct TrainingProgress {
  std::uint64_t steps_done = 0;
  double best_total = 0;
  std::uint64_t best_step = 0;  ///< 0: none yet
  training::PerSynapse<float> best;  ///< empty: not kept
};

/// As io/checkpoint/checkpoint_file.hpp says: the last two are kept. Collective.
void write_checkpoint(const std::filesystem::path& file, const TrainingRun& run,
                      const TrainingProgress& progress, const core::Comm& comm);

/// Brings `run` to where the checkpoint was written. Throws ConfigError when it was written with other
/// settings or for other weights. Collective.
TrainingProgress read_checkpoint(const std::filesystem::path& file, TrainingRun& run, const core::Comm& comm);

}  // namespace striate::workflows
