// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "core/values/nan.hpp"

namespace striate::metrics {
namespace {

using core::nan;

double sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// 1 for the smallest; equal values share the mean of their ranks.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0, end; first < order.size(); first = end) {
    for (end = first + 1; end < order.size() && values[order[end]] == values[order[first]];) ++end;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = (static_cast<double>(first + end) + 1) / 2;
  }
  return ranks;
}

bool poisson_defined(double k, double mu) {
  return std::isfinite(k) && std::isfinite(mu) && mu > 0 && k >= 0;
}

}  // namespace

double mean(std::span<const double> values) {
  return values.empty() ? nan : sum(values) / static_cast<double>(values.size());
}

std::vector<double> without_nan(std::span<const double> values) {
  std::vector<double> kept;
  for (const double value : values)
    if (!std::isnan(value)) kept.push_back(value);
  return kept;
}

double nan_mean(std::span<const double> values) {
  return mean(without_nan(values));
}

double deviation(std::span<const double> values, int ddof) {
  const double divisor = static_cast<double>(values.size()) - ddof;
  if (!(divisor > 0)) return nan;
  const double centre = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return std::sqrt(squares / divisor);
}

double standard_error(std::span<const double> values) {
  return deviation(values, 1) / std::sqrt(static_cast<double>(values.size()));
}

double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  return quantile_of_sorted(values, q);
}

double quantile_of_sorted(std::span<const double> values, double q) {
  if (values.empty()) return nan;
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

double median(std::vector<double> values) {
  return quantile(std::move(values), 0.5);
}

double pearson(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 2) return nan;
  const double mx = mean(x), my = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : nan;
}

double spearman(std::span<const double> x, std::span<const double> y) {
  return pearson(ranks_of(x), ranks_of(y));
}

double ks_distance(std::vector<double> a, std::vector<double> b) {
  if (a.empty() || b.empty()) return nan;
  std::ranges::sort(a);
  std::ranges::sort(b);
  const std::vector<std::uint32_t> once(std::max(a.size(), b.size()), 1);
  return sorted_ks_distance(a, once, b, once);
}

double sorted_ks_distance(std::span<const double> a, std::span<const std::uint32_t> times_a,
                          std::span<const double> b, std::span<const std::uint32_t> times_b) {
  const auto na = static_cast<double>(a.size()), nb = static_cast<double>(b.size());
  double largest = 0;
  std::size_t i = 0, j = 0;
  std::uint64_t below_a = 0, below_b = 0;
  while (i < a.size() && j < b.size()) {
    const double at = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= at) below_a += times_a[i++];
    while (j < b.size() && b[j] <= at) below_b += times_b[j++];
    largest =
        std::max(largest, std::abs(static_cast<double>(below_a) / na - static_cast<double>(below_b) / nb));
  }
  return largest;
}

double student_p(double t, double degrees_of_freedom) {
  if (std::isnan(t) || !(degrees_of_freedom > 0)) return nan;
  if (std::isinf(t)) return 0;
  const boost::math::students_t distribution(degrees_of_freedom);
  return 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(t)));
}

double student_quantile(double confidence, double degrees_of_freedom) {
  if (!(degrees_of_freedom > 0)) return nan;
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), 0.5 + confidence / 2);
}

// Boost continues the distribution between the integers, hence the floor.
double poisson_upper(double k, double mu) {
  if (!poisson_defined(k, mu)) return nan;
  return boost::math::cdf(boost::math::complement(boost::math::poisson(mu), std::floor(k)));
}

double poisson_lower(double k, double mu) {
  if (!poisson_defined(k, mu)) return nan;
  return boost::math::cdf(boost::math::poisson(mu), std::floor(k));
}

double sparsity(std::span<const double> responses) {
  double total = 0, squares = 0;
  for (const double response : responses) {
    total += response;
    squares += response * response;
  }
  return sparsity_of_sums(responses.size(), total, squares);
}

double sparsity_of_sums(std::size_t responses, double total, double squares) {
  const auto n = static_cast<double>(responses);
  if (n < 2 || std::isnan(total) || total == 0) return nan;
  const double spread = (total / n) * (total / n) / (squares / n);
  return (1 - spread) / (1 - 1 / n);
}

}  // namespace striate::metrics
