// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/fits/response_curves.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>

using namespace striate::metrics;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
const std::vector<double> frequencies{0.02, 0.04, 0.08, 0.16, 0.32};

template <class Curve>
std::vector<double> sampled(const std::vector<double>& x, const Curve& curve) {
  std::vector<double> y;
  for (const double each : x) y.push_back(curve(each));
  return y;
}

double octaves(double frequency) {
  return std::log2(frequency / 0.02);
}

}  // namespace

TEST_CASE("a Gaussian over octaves: its middle, and where it falls to half") {
  const auto responses = sampled(frequencies, [](double f) {
    const double z = (octaves(f) - 1.5) / 0.8;
    return 7 * std::exp(-z * z / 2);
  });
  const auto fit = fit_band(frequencies, responses, 1);  // 1 and 2 octaves respond alike
  CHECK(fit.preferred == Approx(0.0565685).epsilon(1e-5));
  CHECK(fit.low == Approx(0.0294461).epsilon(1e-5));
  CHECK(fit.high == Approx(0.108673).epsilon(1e-5));
  CHECK(fit_band(frequencies, responses, 2).preferred == Approx(0.0565685).epsilon(1e-5));
}

TEST_CASE("half heights beyond the values that were shown are not told") {
  const auto responses = sampled(frequencies, [](double f) {
    const double z = (octaves(f) - 1) / 1.5;
    return 3 * std::exp(-z * z / 2);
  });
  const auto fit = fit_band(frequencies, responses, 1);
  CHECK(fit.preferred == Approx(0.04));
  CHECK(std::isnan(fit.low));  // 1 - 1.5 sqrt(2 ln 2) octaves
  CHECK(fit.high == Approx(0.02 * std::exp2(1 + 1.5 * std::sqrt(2 * std::numbers::ln2))));
}

TEST_CASE("at an end of the values the curve is a decay from there, and the preferred value that end") {
  const auto falling = sampled(frequencies, [](double f) { return 4 * std::exp(-1.2 * octaves(f)) + 1; });
  const auto low_pass = fit_band(frequencies, falling, 0);
  CHECK(low_pass.preferred == 0.02);
  CHECK(std::isnan(low_pass.low));
  CHECK(low_pass.high == Approx(0.02 * std::exp2(-std::log(3.0 / 8) / 1.2)));  // 4 exp(-1.2 u) + 1 = 2.5
  const auto rising =
      sampled(frequencies, [](double f) { return 4 * std::exp(-1.2 * (4 - octaves(f))) + 1; });
  const auto high_pass = fit_band(frequencies, rising, 4);
  CHECK(high_pass.preferred == 0.32);
  CHECK(std::isnan(high_pass.high));
  CHECK(high_pass.low == Approx(0.32 / std::exp2(-std::log(3.0 / 8) / 1.2)));
  // A floor of more than half the maximum is never crossed.
  const auto shallow = sampled(frequencies, [](double f) { return std::exp(-octaves(f)) + 5; });
  CHECK(std::isnan(fit_band(frequencies, shallow, 0).high));
}

TEST_CASE("too few values, a missing response, equal responses and a value of 0 tell no bandwidth") {
  const std::vector<double> three{1, 2, 4}, four{1, 2, 4, 8}, from_zero{0, 2, 4, 8};
  CHECK(std::isnan(fit_band(three, std::vector<double>{1, 3, 1}, 1).preferred));
  CHECK_FALSE(std::isnan(fit_band(four, std::vector<double>{1, 3, 1, 1}, 1).preferred));
  CHECK(std::isnan(fit_band(four, std::vector<double>{1, 3, no_number, 1}, 1).preferred));
  CHECK(std::isnan(fit_band(four, std::vector<double>{2, 2, 2, 2}, 1).preferred));
  CHECK(std::isnan(fit_band(from_zero, std::vector<double>{1, 3, 1, 1}, 1).preferred));
}

TEST_CASE("size tuning: the diameter of the curve's maximum and how far it falls beyond") {
  const std::vector<double> diameters{5, 8, 12, 18, 26, 38, 54};
  const double root = std::sqrt(std::numbers::pi) / 2;
  const auto curve = [&](double d) {
    return 1 + 0.9 * 10 * root * std::erf(d / 10) - 0.25 * 25 * root * std::erf(d / 25);
  };
  const auto fit = fit_size(diameters, sampled(diameters, curve), 1.0);
  // 0.9 exp(-d^2/100) = 0.25 exp(-d^2/625)
  const double best = std::sqrt(std::log(0.9 / 0.25) / (1.0 / 100 - 1.0 / 625));
  CHECK(fit.preferred == Approx(best).epsilon(1e-4));
  CHECK(fit.suppression == Approx((curve(best) - curve(54)) / (curve(best) - 1)).epsilon(1e-4));
  // Without blanks the curve at 0, which is 1 here, stands for them.
  CHECK(fit_size(diameters, sampled(diameters, curve), std::nullopt).suppression ==
        Approx(fit.suppression).epsilon(1e-3));
  const auto growing = [&](double d) { return 2 + 8 * std::erf(d / 30); };
  const auto unsuppressed = fit_size(diameters, sampled(diameters, growing), 2.0);
  CHECK(unsuppressed.preferred == Approx(54));
  CHECK(unsuppressed.suppression == Approx(0).margin(1e-6));
  CHECK(std::isnan(fit_size(diameters, std::vector<double>(7, 3.0), 3.0).preferred));
}

TEST_CASE("the contrast of half the response, rising or falling") {
  const std::vector<double> contrasts{0.05, 0.1, 0.2, 0.4, 0.6, 0.8};
  const auto expected = [](double n, double k) {
    const auto part = [&](double c) { return std::pow(c, n) / (std::pow(c, n) + std::pow(k, n)); };
    const double half = (part(0.045) + part(0.88)) / 2;
    return k * std::pow(half / (1 - half), 1 / n);
  };
  for (const double gain : {6.0, -3.0}) {
    const auto responses = sampled(contrasts, [&](double c) {
      return 4 + gain * std::pow(c, 2.5) / (std::pow(c, 2.5) + std::pow(0.25, 2.5));
    });
    CHECK(fit_half_contrast(contrasts, responses) == Approx(expected(2.5, 0.25)).epsilon(1e-4));
  }
  CHECK(std::isnan(fit_half_contrast(contrasts, std::vector<double>(6, 1.0))));
  CHECK(std::isnan(
      fit_half_contrast(std::vector<double>{0.1, 0.2, 0.4, 0.8}, std::vector<double>{1, 2, 3, 4})));
}
