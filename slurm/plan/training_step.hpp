// SPDX-License-Identifier: BSD-3-Clause
// The training of a network option as a step. What there is to train, and what that takes, comes as data from
// above (workflows/training/training_plan.hpp): nothing in this folder knows a preset.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// Of one option. Paths begin with the network directory.
struct TrainedFiles {
  std::filesystem::path config;  ///< of the network that is trained
  std::vector<std::filesystem::path> edges;  ///< with trained weights
  std::filesystem::path checkpoint, log;
};

struct TrainingRule {
  std::function<TrainedFiles(const std::filesystem::path& base, const std::string& option)> files;
  /// Is there a way to train of this name? Other options' weights come from somewhere else.
  std::function<bool(const std::string& option)> is_known;
  /// What it takes, in words; `network` is the shipped name of a network that is still to be built.
  std::function<std::string(const std::filesystem::path& base, const std::string& network,
                            const std::string& option)>
      estimate;
  bool wanted = false;  ///< else a plan that needs weights which are not there ends with the estimate
};

/// One call of `striate train` with these arguments, which reads the network and makes the trained edges.
Step training_run(const NetworkDirectory& network, const TrainedFiles& files,
                  std::vector<std::string> arguments);

/// The step that makes `rest` (a path below the network directory), if it is trained weights that are not
/// there; those that are there are sources, however old. Goes on from a checkpoint. Throws MissingFileError
/// unless training is wanted.
std::optional<MadeStep> training_step(const NetworkDirectory& network, const std::filesystem::path& rest);

/// For messages about trained or adjusted edges that are missing: the command that makes them; empty for
/// other files.
std::string how_edges_are_made(const std::filesystem::path& base, const std::filesystem::path& file);

}  // namespace striate::slurm
