// SPDX-License-Identifier: BSD-3-Clause
// What `correlation` sums by pair of types while it goes over the connections, and the tables that follow
// from the sums. Sums of several networks can be added.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/pairs/pair_samples.hpp"
#include "metrics/base/output.hpp"
#include "metrics/math/correlation_sums.hpp"
#include "metrics/math/curve_sums.hpp"

namespace striate::metrics {

inline constexpr double usual_bin_width = 0.1;

/// Of the table of bins, and of the fits: correlations within [low, high].
struct CorrelationRange {
  double low = -1, high = 1, bin_width = usual_bin_width;
  CorrelationBins::Closed closed = CorrelationBins::Closed::left;
  bool covers(double r) const { return r >= low && r <= high; }
};

/// All pairs of types, then the four of excitatory and inhibitory cells.
struct CorrelatedPairs {
  explicit CorrelatedPairs(std::vector<std::string> types);
  std::vector<std::string> names;
  std::size_t n;
  std::vector<std::size_t> inhibits;

  std::size_t count() const { return n * n + 4; }
  /// Both pairs that a connection belongs to.
  std::array<std::size_t, 2> of(std::size_t source_label, std::size_t target_label) const {
    return {source_label * n + target_label, n * n + 2 * inhibits[source_label] + inhibits[target_label]};
  }
  std::string source(std::size_t pair) const;
  std::string target(std::size_t pair) const;
};

/// Where the sums of one pair of types lie.
struct CorrelationLayout {
  std::size_t bins;
  static constexpr std::size_t edges = 0, undefined = 1, line = 2, fits = line + LineSums::size,
                               contrast = fits + CurveSums::size;
  std::size_t curve() const { return contrast + 3 * contrast_bins().size(); }
  std::size_t profile() const { return curve() + 3 * bins; }
  std::size_t width() const { return profile() + WeightProfile::size; }
};

struct CorrelationAccumulator {
  CorrelationAccumulator(const CorrelationRange& of_correlations, const CorrelatedPairs& all_pairs)
      : range(of_correlations),
        pairs(all_pairs),
        bins(range.low, range.high, range.bin_width, range.closed),
        layout{bins.size()} {}
  void add(std::size_t pair, double correlation, double weight, std::span<double> all) const;
  std::size_t width() const { return layout.width(); }

  CorrelationRange range;
  const CorrelatedPairs& pairs;
  CorrelationBins bins;
  CorrelationLayout layout;
};

Table pair_table(const CorrelationAccumulator& accumulator, std::span<const double> all);
Table bin_table(const CorrelationAccumulator& accumulator, std::span<const double> all);
/// Curves through all connections of a pair: Legendre polynomials and two lines that meet at 0.
Table fit_table(const CorrelationAccumulator& accumulator, std::span<const double> all);
Table sample_table(const CorrelatedPairs& pairs, const std::vector<SampledLine>& lines);

}  // namespace striate::metrics
