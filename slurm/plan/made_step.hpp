// SPDX-License-Identifier: BSD-3-Clause
// A step together with what the pipeline does before and around it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "slurm/plan/plan.hpp"

namespace striate::slurm {

/// A configuration that is written before anything runs, unless it is there with the same contents.
struct GeneratedConfig {
  std::filesystem::path file;
  std::string text;
};

struct MadeStep {
  Step step;
  /// Steps of one family may share a call, which then takes the last argument of each: trials share a loaded
  /// network, files of a paradigm a start. Empty: this step runs alone.
  std::string family = {};
  std::vector<GeneratedConfig> configs = {};
  /// The configuration that `configs` were made from, where a step makes it: what this one would do is known
  /// only when that has run.
  std::filesystem::path origin = {};
  /// Why it has to run; empty: its outputs are up to date (slurm/plan/freshness.hpp).
  std::string reason = {};
  /// Inputs of a step that is up to date whose dates, in the future, tell nothing.
  std::vector<std::filesystem::path> undated = {};
};

}  // namespace striate::slurm
