// SPDX-License-Identifier: BSD-3-Clause
// Stimulus selectivity from drifting gratings: for each trial the sparsity of the spike counts over the eight
// directions, then the mean over the trials in which it is defined.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {

/// A missing trial file counts as silence in its direction (the reference's rule), or its whole trial is left
/// out.
enum class MissingTrials { silent, left_out };

struct GratingSparsityRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  Window window = windows::whole_file;
  MissingTrials missing = MissingTrials::silent;
  CoreRule core;  ///< for the summary
};

/// NaN for a cell that never fires. `counts`: one bin, the 80 trials.
double trial_averaged_sparsity(const TrialCounts& counts, std::size_t local_cell, MissingTrials missing);

/// Writes dg_trial_averaged_sparsity_OPT.h5 (datasets dg_trial_averaged_sparsity, node_id) and
/// dg_sparsity_by_type_OPT.csv. Collective.
std::vector<std::filesystem::path> make_grating_sparsity(const GratingSparsityRequest& request,
                                                         const core::Comm& comm);

}  // namespace striate::metrics
