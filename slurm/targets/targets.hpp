// SPDX-License-Identifier: BSD-3-Clause
// What makes a target: from a file's name to the steps that lead to it. A name that no step makes is a source
// when the file is there, else an error.
#pragma once

#include <filesystem>
#include <vector>

#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// What was shown when, for metrics of images (slurm/plan/trial_configs.hpp): written before anything runs.
struct LabelsToWrite {
  std::filesystem::path base;
  io::Paradigm paradigm;
};

struct TargetPlan {
  std::vector<MadeStep> steps;  ///< each after those that make its inputs; one trial each
  std::vector<LabelsToWrite> labels;
  std::filesystem::path base;  ///< network directory of the first target
  std::vector<std::filesystem::path> bases;  ///< of all
};

/// Targets may have % in them, for any text within a name: all that is named like that and can be made.
/// Throws UsageError for names that nothing makes (with the nearest that something makes) and that make or
/// the shell cannot take, MissingFileError for inputs that are neither there nor made, ConfigError for
/// cycles.
TargetPlan plan_of(const std::vector<std::filesystem::path>& targets, const ShippedNetworks& shipped,
                   const std::vector<io::Paradigm>& own_paradigms, const TableRules& rules);

/// Configurations that steps of the plan have to make first and from which those of trials are made: what the
/// trials would do is known only then, so these come first, and a new plan. After find_reasons().
std::vector<std::filesystem::path> unknown_origins(const TargetPlan& plan);

}  // namespace striate::slurm
