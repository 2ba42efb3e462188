// SPDX-License-Identifier: BSD-3-Clause
// What core cells prefer among contrasts, at the direction to which they respond most surely, and how many of
// a type prefer high, middle and low ones, beside recorded units (metrics/math/fits/contrast_models.hpp has
// the models).
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "metrics/analyses/tuning/contrast_design.hpp"
#include "metrics/base/output.hpp"
#include "metrics/math/fits/contrast_models.hpp"

namespace striate::metrics {

struct CellContrast {
  double direction = 0;  ///< degrees; NaN where no direction has a p
  double p = 0;  ///< of the quasi-Poisson test there, the smaller of its tails
  std::optional<ContrastModel> best;  ///< none: no direction, or no spike there
  double aic[3] = {}, rise = 0, fall = 0, half = 0;
};
/// Fewer contrasts tell no preference.
inline constexpr std::size_t fewest_for_preference = 3;
/// Throws UsageError where leaving out those below `least` leaves too few.
void require_contrasts(const ContrastDesign& design, double least);

/// Of one cell of this rank, from counts of all trials; contrasts below `least` are left out.
CellContrast cell_contrast(const TrialCounts& counts, std::size_t local_cell, const ContrastDesign& design,
                           double least);

/// A row for each core cell; `results` are of all cells.
Table contrast_preference_table(const Cells& cells, const std::vector<CellContrast>& results);
/// Fractions of the core cells that respond (p < 0.01), by type, beside the recorded ones of `recorded`
/// (cell_type, n_responsive, n_high, n_band, n_low).
Table preference_type_table(const Cells& cells, const std::vector<CellContrast>& results,
                            const std::filesystem::path& recorded);
std::filesystem::path shipped_contrast_preferences();

}  // namespace striate::metrics
