// SPDX-License-Identifier: BSD-3-Clause
// Trials of gratings of several contrasts and of blanks, and the test whether a cell responds to them. A
// trial is a run with one grating, or a slot of a run that shows several one after another; where such runs
// show no blanks, the grey screen before a slot, for as long as the slot, is one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/conditions/shown_conditions.hpp"
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
struct ContrastTrials {
  ContrastDesign design;  ///< its trials are these presentations
  std::vector<Presentation> presentations;  ///< run after run, times rising, all as long
  std::string windows;  ///< for people
  double seconds() const { return presentations.front().window.seconds(); }
};
/// Why the paradigm has no such trials, or "".
std::string contrast_refusal(const io::Paradigm& paradigm);
/// Of a paradigm against which there is nothing.
ContrastTrials contrast_trials(const io::Paradigm& paradigm);
inline ContrastDesign contrast_design(const io::Paradigm& paradigm) {
  return contrast_trials(paradigm).design;
}

/// Counts of all presentations, as trials of one bin. Collective. Throws MissingFileError when a run has no
/// spikes.
TrialCounts count_contrast_trials(const ContrastTrials& trials, const io::Paradigm& paradigm,
                                  const std::filesystem::path& base, const std::string& option,
                                  const Cells& cells, const core::Comm& comm);

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
