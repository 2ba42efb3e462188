// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/correlation_sums.hpp"

#include <algorithm>
#include <cmath>

#include "core/values/nan.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr std::int64_t least_in_bin = 5;

/// Mean of the means of the bins whose centre lies in [low, high].
double mean_of_bins(std::span<const double> sums, double low, double high) {
  const auto& bins = contrast_bins();
  std::vector<double> means;
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    const double centre = bins.centre(bin);
    const auto own = bin_mean(sums.subspan(3 * bin, 3));
    if (centre >= low && centre <= high && own.n >= least_in_bin) means.push_back(own.mean);
  }
  return mean(means);
}

}  // namespace

CorrelationBins::CorrelationBins(double low, double high, double width, Closed closed) : closed_(closed) {
  const double step = (low + width) - low;
  const auto count = static_cast<std::size_t>(std::max(1.0, std::round((high - low) / width)));
  for (std::size_t i = 0; i <= count; ++i) edges_.push_back(low + static_cast<double>(i) * step);
}

std::optional<std::size_t> CorrelationBins::index(double x) const {
  if (!(x >= edges_.front())) return std::nullopt;
  const auto above =
      closed_ == Closed::left ? std::ranges::upper_bound(edges_, x) : std::ranges::lower_bound(edges_, x);
  if (above == edges_.end()) return std::nullopt;
  const auto bin = above - edges_.begin() - 1;
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(bin, 0));
}

const CorrelationBins& contrast_bins() {
  static const CorrelationBins bins(-1, 1, 0.1);
  return bins;
}

void add_to_bin(std::span<double> sums, double y) {
  sums[0] += 1;
  sums[1] += y;
  sums[2] += y * y;
}

BinMean bin_mean(std::span<const double> sums) {
  const double n = sums[0];
  if (n == 0) return {0, nan, nan};
  const double average = sums[1] / n;
  const double variance = std::max(0.0, sums[2] - sums[1] * average) / (n - 1);
  return {static_cast<std::int64_t>(n), average, n > 1 ? std::sqrt(variance / n) : nan};
}

void LineSums::add(std::span<double> sums, double x, double y) {
  const double terms[size] = {1, x, y, x * x, x * y, y * y};
  for (std::size_t i = 0; i < size; ++i) sums[i] += terms[i];
}

Line LineSums::fit(std::span<const double> s) {
  const double n = s[0];
  Line line{static_cast<std::int64_t>(n), nan, nan, nan, nan, nan};
  const double xx = s[3] - s[1] * s[1] / n, xy = s[4] - s[1] * s[2] / n, yy = s[5] - s[2] * s[2] / n;
  constexpr double rounding = 1e-12;  // what is left of equal numbers when their sums are subtracted
  if (n < 3 || !(xx > rounding * s[3])) return line;
  line.slope = xy / xx;
  line.intercept = (s[2] - line.slope * s[1]) / n;
  if (!(yy > rounding * s[5])) return line;
  line.slope_swapped = xy / yy;
  line.r = std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
  line.p = student_p(line.r * std::sqrt((n - 2) / (1 - line.r * line.r)), n - 2);
  return line;
}

LikeToLike like_to_like(std::span<const double> sums) {
  LikeToLike result{mean_of_bins(sums, -1, -0.5), mean_of_bins(sums, -0.25, 0.25), mean_of_bins(sums, 0.5, 1),
                    nan, nan};
  if (std::isnan(result.none) || result.none == 0) return result;
  result.delta_anti = (result.none - result.anti) / result.none;
  result.delta_like = (result.like - result.none) / result.none;
  return result;
}

void WeightProfile::add(std::span<double> sums, double x, double y) {
  const auto place = static_cast<std::ptrdiff_t>((x + 1) * (static_cast<double>(bins) / 2));
  const auto bin = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(place, 0, bins - 1));
  sums[2 * bin] += 1;
  sums[2 * bin + 1] += y;
}

double WeightProfile::half_weight_fraction(std::span<const double> sums) {
  double edges = 0, weight = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    edges += sums[2 * bin];
    weight += sums[2 * bin + 1];
  }
  if (!(weight > 0)) return nan;
  double passed = 0, gathered = 0;
  for (std::size_t bin = bins; bin-- > 0;) {
    const double n = sums[2 * bin], own = sums[2 * bin + 1];
    if (own > 0 && gathered + own >= weight / 2) return (passed + n * (weight / 2 - gathered) / own) / edges;
    passed += n;
    gathered += own;
  }
  return nan;
}

}  // namespace striate::metrics
