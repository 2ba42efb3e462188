// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/connection_law.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "core/values/nan.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr double drop_of_95_percent = 1.920729410347062;  // half the quantile of chi-squared
constexpr double chance_of_none = 0.05;
constexpr double normal_of_95_percent = 1.959963984540054;
constexpr int best_bits = std::numeric_limits<double>::digits / 2;  // what a minimum can be found to
constexpr int profile_bits = 14;  // the likelihood hardly changes there

/// A zero of `f` in [low, high], at whose ends its signs differ.
template <class F>
double zero_between(const F& f, double low, double high) {
  constexpr double most = 1e12;  // ends may be impossible: a likelihood of 0
  std::uintmax_t steps = 200;
  const auto bounded = [&](double x) { return std::clamp(f(x), -most, most); };
  const auto found = boost::math::tools::toms748_solve(bounded, low, high,
                                                       boost::math::tools::eps_tolerance<double>(40), steps);
  return found.first + (found.second - found.first) / 2;
}

class Likelihood {
 public:
  explicit Likelihood(std::span<const DistanceClass> classes) {
    for (const auto& each : classes) {
      if (each.pairs == 0 || each.relative_size == 0) continue;
      classes_.push_back(each);
      pairs += each.pairs;
      connected += each.connected;
    }
    relative_.resize(classes_.size());
  }

  double at(double p0, double sigma) const {
    double sum = connected == 0 ? 0 : static_cast<double>(connected) * std::log(p0);
    for (const auto& each : classes_) {
      const double log_g = log_relative_probability(each, sigma);
      if (each.connected > 0) sum += static_cast<double>(each.connected) * log_g;
      if (each.pairs > each.connected)
        sum += static_cast<double>(each.pairs - each.connected) *
               std::log1p(-std::min(1.0, p0 * std::exp(log_g)));
    }
    return sum;
  }

  /// The p0 in [0, 1] that is most likely for this sigma: where connected = p0 sum (n - c) g / (1 - p0 g).
  /// The difference falls with p0 and is concave, so Newton's steps, kept between known signs, find it.
  double best_peak(double sigma) const {
    if (connected == 0) return 0;
    double expected = 0, largest = 1;  // of large targets the relative probability may be above 1
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      relative_[i] = relative_probability(classes_[i], sigma);
      expected += static_cast<double>(classes_[i].pairs) * relative_[i];
      largest = std::max(largest, relative_[i]);
    }
    const double all = static_cast<double>(connected);
    double low = all / (all * largest + expected), high = 1 / largest, p = low;
    for (int step = 0; step < 200; ++step) {
      double value = all, slope = 0;
      for (std::size_t i = 0; i < classes_.size(); ++i) {
        const double rest = 1 - p * relative_[i],
                     silent = static_cast<double>(classes_[i].pairs - classes_[i].connected);
        if (silent == 0) continue;
        value -= silent * p * relative_[i] / rest;
        slope -= silent * relative_[i] / (rest * rest);
      }
      if (slope == 0) return high;  // all are connected
      (value >= 0 ? low : high) = p;
      double next = p - value / slope;
      if (!(next > low && next < high)) next = low + (high - low) / 2;
      if (std::abs(next - p) <= 1e-15 * p || high - low <= 1e-15 * high) return next;
      p = next;
    }
    return p;
  }

  double profile_of_sigma(double sigma) const { return at(best_peak(sigma), sigma); }

  double best_sigma() const {
    constexpr int steps = 40;
    const auto place = [](int step) {
      return least_sigma_um * std::pow(greatest_sigma_um / least_sigma_um, static_cast<double>(step) / steps);
    };
    int best = 0;
    double best_value = -std::numeric_limits<double>::infinity();
    for (int step = 0; step <= steps; ++step)
      if (const double value = profile_of_sigma(place(step)); value > best_value) {
        best = step;
        best_value = value;
      }
    return minimum(
        best_bits, [&](double sigma) { return -profile_of_sigma(sigma); }, place(std::max(best - 1, 0)),
        place(std::min(best + 1, steps)));
  }

  /// Over sigma within a factor of three of `sigma`, beyond which no p0 of interest leads.
  double profile_of_peak(double p0, double sigma) const {
    const double low = std::max(least_sigma_um, sigma / 3), high = std::min(greatest_sigma_um, sigma * 3);
    return at(p0, minimum(
                      profile_bits, [&](double other) { return -at(p0, other); }, low, high));
  }

  double chi2(double p0, double sigma) const {
    double sum = 0;
    for (const auto& each : classes_) {
      const double p = p0 * relative_probability(each, sigma), n = static_cast<double>(each.pairs);
      if (each.from_um == each.to_um) return nan;
      const double apart = static_cast<double>(each.connected) - n * p;
      if (apart != 0) sum += apart * apart / (n * p * (1 - p));
    }
    return sum;
  }

  /// p0 that leaves no connection with a chance of 5 %; 1 where none does.
  double upper_limit(double sigma) const {
    const auto rest = [&](double p0) { return at(p0, sigma) - std::log(chance_of_none); };
    return rest(1) >= 0 ? 1 : zero_between(rest, 0, 1);
  }

  std::int64_t pairs = 0, connected = 0;

 private:
  /// The ends of an interval too, where a minimum may lie.
  template <class F>
  static double minimum(int bits, const F& f, double low, double high) {
    const auto inside = boost::math::tools::brent_find_minima(f, low, high, bits);
    if (f(low) <= inside.second) return low;
    return f(high) <= inside.second ? high : inside.first;
  }

  std::vector<DistanceClass> classes_;  ///< those with pairs
  mutable std::vector<double> relative_;
};

/// Where `f`, which is largest at `best`, has fallen by 1.92 towards `end`; `end` where it has not.
template <class F>
double limit_towards(double end, double best, double largest, const F& f) {
  const auto above = [&](double at) { return f(at) - (largest - drop_of_95_percent); };
  if (best == end || above(end) >= 0) return end;
  return end < best ? zero_between(above, end, best) : zero_between(above, best, end);
}

}  // namespace

double log_relative_probability(const DistanceClass& distances, double sigma_um) {
  const double scale = 1 / (2 * sigma_um * sigma_um);
  const double near = distances.from_um * distances.from_um * scale;
  const double width = (distances.to_um - distances.from_um) * (distances.to_um + distances.from_um) * scale;
  return std::log(distances.relative_size) - near + (width > 0 ? std::log(-std::expm1(-width) / width) : 0);
}

double relative_probability(const DistanceClass& distances, double sigma_um) {
  return std::exp(log_relative_probability(distances, sigma_um));
}

ConnectionFit fit_connections(std::span<const DistanceClass> classes, std::optional<double> sigma_um) {
  const Likelihood likelihood(classes);
  ConnectionFit fit{likelihood.pairs, likelihood.connected, nan, nan, nan, nan, nan, nan, nan, nan};
  if (sigma_um) fit.sigma_um = fit.sigma_low = fit.sigma_high = *sigma_um;
  if (fit.pairs == 0) return fit;
  if (fit.connected == 0) {
    fit.p0 = fit.p0_low = fit.log_likelihood = 0;
    if (sigma_um) fit.p0_high = likelihood.upper_limit(*sigma_um);
    return fit;
  }
  const double sigma = sigma_um ? *sigma_um : likelihood.best_sigma();
  fit.sigma_um = sigma;
  fit.p0 = likelihood.best_peak(sigma);
  fit.log_likelihood = likelihood.at(fit.p0, sigma);
  fit.chi2 = likelihood.chi2(fit.p0, sigma);
  const auto of_peak = [&](double p0) {
    return sigma_um ? likelihood.at(p0, sigma) : likelihood.profile_of_peak(p0, sigma);
  };
  fit.p0_low = limit_towards(fit.p0 * 1e-9, fit.p0, fit.log_likelihood, of_peak);
  fit.p0_high = limit_towards(1, fit.p0, fit.log_likelihood, of_peak);
  if (sigma_um) return fit;
  const auto of_sigma = [&](double other) { return likelihood.profile_of_sigma(other); };
  fit.sigma_low = limit_towards(least_sigma_um, sigma, fit.log_likelihood, of_sigma);
  fit.sigma_high = limit_towards(greatest_sigma_um, sigma, fit.log_likelihood, of_sigma);
  return fit;
}

Interval wilson_interval(std::int64_t successes, std::int64_t trials) {
  if (trials == 0) return {nan, nan};
  constexpr double z2 = normal_of_95_percent * normal_of_95_percent;
  const double n = static_cast<double>(trials), p = static_cast<double>(successes) / n;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n),
               half = normal_of_95_percent * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace striate::metrics
