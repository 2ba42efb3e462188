// SPDX-License-Identifier: BSD-3-Clause
// What has to run to make a result: steps with the files they read and write. One plan serves GNU make here
// (slurm/make/make_rules.hpp) and SLURM there (slurm/jobs/job_scripts.hpp). All paths are relative to the
// working directory or absolute, and nothing in here runs anything.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/paradigm/paradigm.hpp"

namespace striate::slurm {

enum class Stage { build, train, interventions, background, lgn, simulate, metrics, figures };
/// "build", "background", …
const char* name_of(Stage stage);

/// One call of striate that makes `outputs` from `inputs`; ranks may share its work where `parallel`.
struct Step {
  Stage stage = Stage::build;
  std::string label;  ///< for people: "simulate 8dir_10trials_plain/angle45_trial3"
  std::vector<std::filesystem::path> inputs, outputs;
  std::vector<std::string> arguments;  ///< without launcher and program: {"simulate", "BASE/configs/…"}
  bool parallel = false;
};

}  // namespace striate::slurm
