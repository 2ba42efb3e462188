// SPDX-License-Identifier: BSD-3-Clause
// Statistics on plain numbers. NaN is what cannot be computed: the mean of nothing, the deviation of one
// value. Sums run from first to last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace striate::metrics {

double mean(std::span<const double> values);
/// Those that are no NaN.
std::vector<double> without_nan(std::span<const double> values);
double nan_mean(std::span<const double> values);
/// Standard deviation with divisor n - ddof.
double deviation(std::span<const double> values, int ddof);
/// Standard error of the mean (ddof 1).
double standard_error(std::span<const double> values);
/// Linear interpolation between order statistics (NumPy's and seaborn's default), q in [0, 1].
double quantile(std::vector<double> values, double q);
double quantile_of_sorted(std::span<const double> ascending, double q);
double median(std::vector<double> values);

/// NaN when either side is constant or has fewer than two values.
double pearson(std::span<const double> x, std::span<const double> y);
/// Pearson's of the ranks, equal values sharing the mean of theirs; no NaN among the values.
double spearman(std::span<const double> x, std::span<const double> y);

/// Largest distance between two empirical distributions (Kolmogorov and Smirnov); NaN when one is empty.
double ks_distance(std::vector<double> a, std::vector<double> b);
/// The same of rising values of which each was drawn `times` times, as often in all as there are values.
double sorted_ks_distance(std::span<const double> a, std::span<const std::uint32_t> times_a,
                          std::span<const double> b, std::span<const std::uint32_t> times_b);

/// Two-sided p of Student's t, computed from the upper tail so that it does not underflow early.
double student_p(double t, double degrees_of_freedom);
/// t such that |T| < t with probability `confidence`.
double student_quantile(double confidence, double degrees_of_freedom);

/// P(X > floor(k)) and P(X <= floor(k)) for a Poisson X of mean mu; NaN where mu or k is no number, mu <= 0
/// or k < 0.
double poisson_upper(double k, double mu);
double poisson_lower(double k, double mu);

/// (1 - A) / (1 - 1/n) with A = mean(r)^2 / mean(r^2) (Rolls and Tovee 1995; Vinje and Gallant 2000); NaN
/// when the mean is 0 or n < 2.
double sparsity(std::span<const double> responses);
/// The same of n responses with this sum and sum of squares.
double sparsity_of_sums(std::size_t n, double sum, double squares);

}  // namespace striate::metrics
