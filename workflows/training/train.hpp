// SPDX-License-Identifier: BSD-3-Clause
// `striate train`: the trainer joined to a network directory, the LGN model, the ranks and files
// (docs/training.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/errors/error.hpp"
#include "core/ranks/comm.hpp"
#include "workflows/training/training_preset.hpp"

namespace striate::workflows {

enum class WriteWeights { best, last };

struct TrainOptions {
  std::filesystem::path base;
  std::string suffix;  ///< of the results' names
  std::string preset;  ///< name or file
  PresetOverrides overrides;
  WriteWeights write = WriteWeights::best;
  bool resume = false, force = false, dry_run = false;
  std::optional<double> stop_after_s;  ///< then a checkpoint, and exit code 75
  bool stop_on_usr1 = false;  ///< the same when USR1 comes, which else only asks for a checkpoint
  std::uint64_t checkpoint_every = 25;  ///< steps
};

/// Returns `done`, 75 when stopped with a checkpoint, or 128 + n when signal n ended the run (a checkpoint is
/// written then too). Collective.
core::ExitCode train(const TrainOptions& options, const core::Comm& comm);

}  // namespace striate::workflows
