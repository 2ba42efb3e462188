// SPDX-License-Identifier: BSD-3-Clause
// Trials of gratings of several contrasts and of blanks, and the test whether a cell responds to them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metrics/base/trial_counts.hpp"
#include "metrics/options/trial_design.hpp"

namespace striate::metrics {

inline constexpr const char* contrast_gratings = "contrasts";  ///< the paradigm

/// Trials of blanks (contrast 0), and of every direction at every contrast, all equally often.
struct ContrastDesign {
  Directions directions;
  Levels contrasts;  ///< above 0
  std::vector<std::size_t> blanks;
  std::vector<std::size_t> evoked;  ///< [(direction * contrasts + contrast) * repetitions + repetition]
  std::size_t repetitions = 0;
};
ContrastDesign contrast_design(const io::Paradigm& paradigm);
std::string contrast_refusal(const io::Paradigm& paradigm);

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

/// Cells with a p below it respond.
inline constexpr double significant_response = 0.01;

}  // namespace striate::metrics
