// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/fits/response_curves.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/values/nan.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr double far = 1e9;  ///< a bound that is none, for rates

/// Whether the responses tell anything: all there, and not the same.
bool can_be_fitted(std::span<const double> responses, std::size_t fewest) {
  if (responses.size() < fewest) return false;
  for (const double response : responses)
    if (!std::isfinite(response)) return false;
  return *std::ranges::min_element(responses) < *std::ranges::max_element(responses);
}

Parameters point(std::initializer_list<double> values) {
  Parameters at(static_cast<Eigen::Index>(values.size()));
  std::ranges::copy(values, at.data());
  return at;
}

double in_range(double value, double low, double high) {
  return value >= low && value <= high ? value : nan;
}

/// a exp(-(u - m)^2 / 2 s^2)
double gaussian(double u, const Parameters& at, Parameters& by) {
  const double z = (u - at[1]) / at[2], bell = std::exp(-z * z / 2);
  by[0] = bell;
  by[1] = at[0] * bell * z / at[2];
  by[2] = at[0] * bell * z * z / at[2];
  return at[0] * bell;
}

/// a exp(-b u) + c
double decay(double u, const Parameters& at, Parameters& by) {
  const double fall = std::exp(-at[1] * u);
  by[0] = fall;
  by[1] = -at[0] * u * fall;
  by[2] = 1;
  return at[0] * fall + at[2];
}

BandFit fit_inside(std::span<const double> octaves, std::span<const double> responses, std::size_t best,
                   double smallest) {
  const double last = octaves.back(), highest = *std::ranges::max_element(responses);
  const Bounds bounds{point({0, 0, 0.1}), point({far, last, 10})};
  std::vector<Parameters> starts;
  for (const double width : {0.5, 1.0, 2.0}) starts.push_back(point({highest, octaves[best], width}));
  const auto fit = minimise(least_squares(gaussian, octaves, responses), starts, bounds).at;
  const double half = fit[2] * std::sqrt(2 * std::numbers::ln2);
  const auto value_at = [&](double octave) { return smallest * std::exp2(in_range(octave, 0, last)); };
  return {smallest * std::exp2(fit[1]), value_at(fit[1] - half), value_at(fit[1] + half)};
}

/// The maximum a + c falls to its half where exp(-b u) = (a - c) / 2a.
BandFit fit_edge(std::span<const double> octaves, std::span<const double> responses, bool at_first,
                 double smallest) {
  const double last = octaves.back();
  std::vector<double> distances;
  for (const double octave : octaves) distances.push_back(at_first ? octave : last - octave);
  const double lowest = *std::ranges::min_element(responses);
  const double highest = at_first ? responses.front() : responses.back();
  const Bounds bounds{point({0, 0, -far}), point({far, 50, far})};
  std::vector<Parameters> starts;
  for (const double rate : {0.3, 1.0, 3.0}) starts.push_back(point({highest - lowest, rate, lowest}));
  const auto fit = minimise(least_squares(decay, distances, responses), starts, bounds).at;
  const double rest = (fit[0] - fit[2]) / (2 * fit[0]);
  const double distance = rest > 0 && fit[1] > 0 ? in_range(-std::log(rest) / fit[1], 0, last) : nan;
  BandFit band{.preferred = smallest * std::exp2(at_first ? 0 : last), .low = nan, .high = nan};
  (at_first ? band.high : band.low) = smallest * std::exp2(at_first ? distance : last - distance);
  return band;
}

/// By r0, ke, a, ki, b - a.
double difference_of_integrals(double diameter, const Parameters& at, Parameters& by) {
  const double half_root = std::sqrt(std::numbers::pi) / 2, a = at[2], b = at[2] + at[4];
  const auto integral = [&](double width) { return width * half_root * std::erf(diameter / width); };
  const auto by_width = [&](double width) {
    const double z = diameter / width;
    return half_root * std::erf(z) - z * std::exp(-z * z);
  };
  by[0] = 1;
  by[1] = integral(a);
  by[2] = at[1] * by_width(a) - at[3] * by_width(b);
  by[3] = -integral(b);
  by[4] = -at[3] * by_width(b);
  return at[0] + at[1] * by[1] + at[3] * by[3];
}

/// By r0, rm, log k, n; the logarithm keeps steps in proportion.
double saturation(double contrast, const Parameters& at, Parameters& by) {
  const double x = at[3] * (std::log(contrast) - at[2]), part = 1 / (1 + std::exp(-x));
  const double slope = at[1] * part * (1 - part);
  by[0] = 1;
  by[1] = part;
  by[2] = -slope * at[3];
  by[3] = slope * (std::log(contrast) - at[2]);
  return at[0] + at[1] * part;
}

}  // namespace

BandFit fit_band(std::span<const double> values, std::span<const double> responses, std::size_t preferred) {
  constexpr std::size_t fewest = 4;
  if (!can_be_fitted(responses, fewest) || !(values.front() > 0)) return {nan, nan, nan};
  std::vector<double> octaves;
  for (const double value : values) octaves.push_back(std::log2(value / values.front()));
  if (preferred == 0 || preferred + 1 == values.size())
    return fit_edge(octaves, responses, preferred == 0, values.front());
  return fit_inside(octaves, responses, preferred, values.front());
}

SizeFit fit_size(std::span<const double> diameters, std::span<const double> responses,
                 std::optional<double> blank) {
  constexpr std::size_t fewest = 5;
  if (!can_be_fitted(responses, fewest) || !(diameters.front() > 0)) return {nan, nan};
  const double largest = diameters.back(), smallest = diameters.front();
  const auto [least, most] = std::ranges::minmax(responses);
  const Bounds bounds{point({-far, 0, smallest / 10, 0, smallest / 100}),
                      point({far, far, 10 * largest, far, 100 * largest})};
  std::vector<Parameters> starts;
  for (const double a : {smallest, std::sqrt(smallest * largest) / 2, std::sqrt(smallest * largest), largest})
    for (const double wider : {0.5, 2.0})
      for (const double suppression : {0.0, 0.3}) {
        const double gain = (most - least) / a;
        starts.push_back(point({least, gain, a, suppression * gain, wider * a}));
      }
  const auto fit = minimise(least_squares(difference_of_integrals, diameters, responses), starts, bounds).at;
  Parameters unused(fit.size());
  const auto curve = [&](double diameter) { return difference_of_integrals(diameter, fit, unused); };
  // The slope ke exp(-D^2/a^2) - ki exp(-D^2/b^2) changes its sign once at most, from + to -, as a < b.
  const double a = fit[2], b = fit[2] + fit[4], gains = std::log(fit[1] / fit[3]);
  const double turn = gains > 0 ? std::sqrt(gains / (1 / (a * a) - 1 / (b * b))) : 0;
  const double preferred = std::clamp(fit[1] > 0 && fit[3] == 0 ? largest : turn, smallest, largest);
  const double peak = curve(preferred), grey = blank.value_or(curve(0));
  return {preferred, peak > grey ? (peak - curve(largest)) / (peak - grey) : nan};
}

double fit_half_contrast(std::span<const double> contrasts, std::span<const double> responses) {
  constexpr std::size_t fewest = 5;
  if (!can_be_fitted(responses, fewest) || !(contrasts.front() > 0)) return nan;
  const double low = 0.9 * contrasts.front(), high = 1.1 * contrasts.back();
  const auto [least, most] = std::ranges::minmax(responses);
  const bool rises = responses.back() >= responses.front();
  const Bounds bounds{point({-far, -far, std::log(low) - 3, 0.2}), point({far, far, std::log(high) + 3, 20})};
  std::vector<Parameters> starts;
  for (const double place : {0.2, 0.5, 0.8})
    for (const double steepness : {1.5, 4.0})
      starts.push_back(point({rises ? least : most, rises ? most - least : least - most,
                              std::log(low) + place * (std::log(high) - std::log(low)), steepness}));
  const auto fit = minimise(least_squares(saturation, contrasts, responses), starts, bounds).at;
  if (fit[1] == 0) return nan;
  const auto part = [&](double contrast) {
    return 1 / (1 + std::exp(-fit[3] * (std::log(contrast) - fit[2])));
  };
  const double half = (part(low) + part(high)) / 2;
  if (!(half > 0) || !(half < 1)) return nan;
  return std::exp(fit[2] + std::log(half / (1 - half)) / fit[3]);
}

}  // namespace striate::metrics
