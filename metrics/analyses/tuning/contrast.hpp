// SPDX-License-Identifier: BSD-3-Clause
// Responses to gratings of six contrasts: spike counts of the 510 trials, for each cell and contrast rate,
// selectivity, sparsity and reliability, and which cells respond at all. Counts are integers until a value
// of one cell is computed, so results do not depend on ranks.
#pragma once

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {

inline constexpr std::size_t contrast_levels = std::size(io::contrast_values);

/// Quasi-Poisson test of evoked against blank counts in windows of one length. The evoked total over the
/// dispersion (variance over mean of the blanks) is held against a Poisson law whose mean is the blanks' own,
/// as if that were known exactly. NaN where no blank or no variance of the blanks is there.
struct Responsiveness {
  double dispersion = 0;
  double p_positive = 0;  ///< P(X > k)
  double p_negative = 0;  ///< P(X <= k)
};
Responsiveness responsiveness_of(std::span<const Count> blanks, std::uint64_t evoked_total,
                                 std::size_t evoked_trials);

/// One contrast. [direction][trial]
using LevelCounts = std::array<std::array<Count, io::contrast_trials>, io::grating_directions>;
struct ContrastResponse {
  double rate = 0;  ///< Hz, mean over directions and trials
  double osi = 0, dsi = 0, sparsity = 0;  ///< of the trial means
  double reliability = 0;  ///< correlation over directions of trials 0-4 with 5-9; NaN when one is constant
};
ContrastResponse contrast_response(const LevelCounts& counts, double seconds, SilentCells silent);

struct ContrastRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  SilentCells silent = SilentCells::nan;
  CoreRule core;
};

/// Writes BASE/contrasts_OPT/spike_counts.h5 (spont_spikes, evoked_spikes, interval_length), and to the
/// output directory contrast_cells_OPT.csv, contrast_by_type_OPT.csv and contrast_responsive_cells_OPT.csv.
/// Collective. Throws MissingFileError when a trial has no spikes.
std::vector<std::filesystem::path> make_contrast(const ContrastRequest& request, const core::Comm& comm);

}  // namespace striate::metrics
