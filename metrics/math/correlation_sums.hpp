// SPDX-License-Identifier: BSD-3-Clause
// What follows from the (correlation, weight) pairs of many connections: binned means, a regression line, the
// contrast between well and badly correlated cells, and how the summed weight is spread. All from plain sums,
// so that parts of the connections can be added one after another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace striate::metrics {

/// Edges low + i d with d = (low + width) - low, as NumPy's arange computes them: twenty bins of 0.1 from -1
/// end at 0.9999999999999996, so that a correlation of 1 lies in none of them.
class CorrelationBins {
 public:
  enum class Closed { left, right };  ///< right: the first bin contains its left edge, too
  /// (high - low) / width rounded gives the number of bins.
  CorrelationBins(double low, double high, double width, Closed closed = Closed::left);
  std::size_t size() const { return edges_.size() - 1; }
  std::optional<std::size_t> index(double x) const;
  double low_edge(std::size_t bin) const { return edges_[bin]; }
  double centre(std::size_t bin) const { return (edges_[bin] + edges_[bin + 1]) / 2; }

 private:
  std::vector<double> edges_;
  Closed closed_;
};

/// The bins of the like-to-like contrast: 0.1 from -1, closed on the left.
const CorrelationBins& contrast_bins();

struct BinMean {
  std::int64_t n = 0;
  double mean = 0, sem = 0;  ///< NaN for an empty bin, and the error (ddof 1) of fewer than two
};
/// Three sums: number, sum, sum of squares.
void add_to_bin(std::span<double> sums, double y);
BinMean bin_mean(std::span<const double> sums);

struct Line {
  std::int64_t n = 0;
  double slope = 0, intercept = 0;  ///< y on x
  double slope_swapped = 0;  ///< x on y
  double r = 0;  ///< Pearson
  double p = 0;  ///< two-sided, of the slope and of r: Student's t with n - 2 degrees of freedom
};
struct LineSums {
  static constexpr std::size_t size = 6;
  static void add(std::span<double> sums, double x, double y);
  /// NaN with fewer than three points or no spread of x.
  static Line fit(std::span<const double> sums);
};

/// Mean weights at correlations of -1 to -0.5, about 0, and 0.5 to 1: means of the means of those
/// contrast_bins() that have at least five connections. "None" has the bins centred at -0.15 to 0.25.
struct LikeToLike {
  double anti = 0, none = 0, like = 0;
  double delta_anti = 0;  ///< (none - anti) / none
  double delta_like = 0;  ///< (like - none) / none
};
/// sums: three per bin.
LikeToLike like_to_like(std::span<const double> bin_sums);

/// Weight over correlation in bins of 0.01, for half_weight_fraction. Two sums per bin: number and weight.
struct WeightProfile {
  static constexpr std::size_t bins = 200, size = 2 * bins;
  static void add(std::span<double> sums, double x, double y);
  /// The fraction of connections, by descending correlation, that hold half of the summed weight;
  /// interpolated within a bin. NaN unless the sum is positive.
  static double half_weight_fraction(std::span<const double> sums);
};

}  // namespace striate::metrics
