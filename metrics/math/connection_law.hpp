// SPDX-License-Identifier: BSD-3-Clause
// Which peak probability and which width measured connections speak for: p(r) = p0 exp(-r^2 / 2 sigma^2) with
// r the lateral distance of two cells (times the relative size of the target where that is known), by the
// likelihood of independent pairs. Intervals are those in which the profile likelihood falls by 1.92 (95 %).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace striate::metrics {

/// Pairs of cells whose distance lies in [from_um, to_um), equally dense in area; or that is from_um = to_um.
struct DistanceClass {
  double from_um = 0, to_um = 0;
  std::int64_t pairs = 0, connected = 0;
  /// Mean over the pairs of how much more probable than usual the target's size makes connections.
  double relative_size = 1;
};

inline constexpr double largest_relative_size = 1000;  ///< beyond that it is no size
/// Where sigma is looked for.
inline constexpr double least_sigma_um = 20, greatest_sigma_um = 1000;

/// Mean of exp(-r^2 / 2 sigma^2) over the class times its relative size, and the logarithm, which does not
/// underflow.
double relative_probability(const DistanceClass& distances, double sigma_um);
double log_relative_probability(const DistanceClass& distances, double sigma_um);

struct ConnectionFit {
  std::int64_t pairs = 0, connected = 0;
  double p0, p0_low, p0_high;
  double sigma_um, sigma_low, sigma_high;  ///< a given sigma is its own interval
  double chi2;  ///< Pearson's; NaN where a class is a single pair
  double log_likelihood;  ///< without binomial coefficients
};

/// `sigma_um`: nullopt to be found. All NaN without pairs. Without a connection p0 = 0, and p0_high is what
/// would leave no connection with a chance of 5 %; sigma cannot be found then and must be given for that.
ConnectionFit fit_connections(std::span<const DistanceClass> classes, std::optional<double> sigma_um);

/// 95 % interval of a fraction (Wilson 1927, J. Am. Stat. Assoc. 22); NaN for none of none.
struct Interval {
  double low, high;
};
Interval wilson_interval(std::int64_t successes, std::int64_t trials);

}  // namespace striate::metrics
