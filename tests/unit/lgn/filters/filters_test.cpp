// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "lgn/filters/spatial_filter.hpp"
#include "lgn/filters/temporal_filter.hpp"

using namespace striate::lgn;

namespace {

const TemporalParameters good{.weight = {3.6, -1.8}, .kpeak_ms = {30, 60}, .delay_ms = {0, 24.9}};

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

TEST_CASE("a temporal kernel is two bumps of unit norm, late by whole milliseconds") {
  const auto alone = [](double weight, double delay_ms) {
    return temporal_kernel({.weight = {weight, 0}, .kpeak_ms = {30, 60}, .delay_ms = {delay_ms, delay_ms}});
  };
  const auto kernel = alone(2.5, 0);
  REQUIRE(kernel.size() == 600);
  double square = 0;
  for (const double value : kernel) square += value * value;
  CHECK(std::sqrt(square) == Approx(2.5).epsilon(1e-14));
  // The peak of the bump is near kpeak - 1.3 ms, and it ends where t + 0.3 = 3.988 kpeak.
  CHECK(std::ranges::max_element(kernel) - kernel.begin() == 29);
  CHECK(kernel[117] > 0);
  CHECK(kernel[119] == 0);

  const auto late = alone(2.5, 24.999);  // cut, not rounded
  REQUIRE(late.size() == 624);
  for (std::size_t l = 0; l < kernel.size(); ++l) CHECK(late[l + 24] == kernel[l]);
  CHECK(late[23] == 0);
}

TEST_CASE("temporal parameters that make no kernel are told apart at their limits") {
  CHECK(temporal_problem(good).empty());
  auto p = good;
  p.kpeak_ms[0] = 60;
  CHECK(temporal_problem(p).find("below kpeaks_1") != std::string::npos);
  p.kpeak_ms[0] = std::nextafter(60.0, 0.0);
  CHECK(temporal_problem(p).empty());
  p = good;
  p.kpeak_ms[0] = 0;
  CHECK_FALSE(temporal_problem(p).empty());
  p = good;
  p.weight[0] = 0;
  CHECK_FALSE(temporal_problem(p).empty());
  p = good;
  p.delay_ms[0] = p.delay_ms[1];
  CHECK(temporal_problem(p).empty());
  p.delay_ms[0] = 25;
  CHECK_FALSE(temporal_problem(p).empty());
  p = good;
  p.delay_ms[0] = -1e-9;
  CHECK_FALSE(temporal_problem(p).empty());
  p = good;
  p.weight[1] = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(temporal_problem(p).empty());
  p = good;
  p.delay_ms[1] = 1e300;
  CHECK_FALSE(temporal_problem(p).empty());
}

TEST_CASE("the positive lobe ends where the kernel first turns negative") {
  const auto lobe = positive_lobe(std::vector<double>{0, 1, 3, 2, 0, -1, -4, -1, 0});
  CHECK(lobe.found);
  CHECK(lobe.crossing_ms == 5);
  CHECK(lobe.sum == 6);
  CHECK_FALSE(positive_lobe(std::vector<double>{0, -4, 1, 3, 0}).found);  // trough before peak
  CHECK_FALSE(positive_lobe(std::vector<double>{0, 1, 3, 1, 0}).found);
}

TEST_CASE("a kernel at another frame rate keeps its sum and is an exact copy at 1000 Hz") {
  const auto kernel = temporal_kernel(good);
  const auto exact = frame_kernel(kernel, 1000);
  for (std::size_t k = 0; k < exact.taps.size(); ++k) REQUIRE(exact.taps[k] == kernel[exact.first + k]);
  CHECK(exact.taps.front() != 0);
  CHECK(exact.taps.back() != 0);
  for (const double rate_hz : {500.0, 250.0, 2000.0, 300.0}) {
    const auto sampled = frame_kernel(kernel, rate_hz);
    CHECK(sum(sampled.taps) == Approx(sum(kernel)).epsilon(2e-3));
  }
  const auto half = frame_kernel(kernel, 2000);  // every second tap lies between two samples
  const std::size_t lag = 41;
  CHECK(half.taps[lag - half.first] == Approx(0.5 * 0.5 * (kernel[20] + kernel[21])).epsilon(1e-14));
}

TEST_CASE("a spatial profile sums to one, is cut at four sigma and centred on the cell") {
  const auto profile = spatial_profile(30.25, 1.5, 1, 81);
  CHECK(sum(profile.weight) == Approx(1).epsilon(1e-14));
  double mean = 0, variance = 0;
  for (std::size_t k = 0; k < profile.weight.size(); ++k)
    mean += profile.weight[k] * static_cast<double>(profile.first + k);
  for (std::size_t k = 0; k < profile.weight.size(); ++k) {
    const double distance = static_cast<double>(profile.first + k) - mean;
    variance += profile.weight[k] * distance * distance;
  }
  CHECK(mean == Approx(30.25).epsilon(1e-12));
  // Linear interpolation at a quarter pixel adds q (1 - q) = 0.1875 px² to the (cut) Gaussian's variance.
  CHECK(variance == Approx(1.5 * 1.5 + 0.1875).epsilon(2e-3));
  CHECK(profile.weight.size() ==
        2 * 6 + 2);  // radius trunc(4 * 1.5 + 0.5) = 6, and one for the interpolation

  const auto even = spatial_profile(30, 1.5, 1, 80);
  double even_variance = 0;
  for (std::size_t k = 0; k < even.weight.size(); ++k) {
    const double distance = static_cast<double>(even.first + k) - 30;
    even_variance += even.weight[k] * distance * distance;
  }
  // Two half spikes add 1/4, interpolation between pixels another 1/4.
  CHECK(even_variance == Approx(1.5 * 1.5 + 0.5).epsilon(2e-3));
}

TEST_CASE("a field that sticks out of the screen is made up for, one beside it is empty") {
  const auto edge = spatial_profile(-1, 2, 1, 80);
  CHECK(edge.first == 0);
  CHECK(sum(edge.weight) == Approx(1).epsilon(1e-14));
  const auto last_visible = spatial_profile(-8.9, 2, 1, 80), beside = spatial_profile(-9.6, 2, 1, 80);
  CHECK(sum(last_visible.weight) == Approx(1).epsilon(1e-14));
  CHECK(beside.weight.empty());
  CHECK(spatial_profile(1e9, 2, 1, 80).weight.empty());
  CHECK_FALSE(
      spatial_kernel(40, -1e9, 2, {.rows = 80, .columns = 120, .row_pitch_deg = 1, .column_pitch_deg = 1})
          .on_screen());
}

TEST_CASE("fields larger than a tiny screen still have profiles of sum one") {
  for (std::size_t count = 1; count <= 5; ++count) {
    const auto profile = spatial_profile(static_cast<double>(count - 1) / 2, 3, 1, count);
    CHECK(profile.weight.size() == count);
    CHECK(sum(profile.weight) == Approx(1).epsilon(1e-14));
  }
}

TEST_CASE("the spectrum of a profile is its Fourier sum") {
  const Profile profile{.first = 3, .weight = {0.25, 0.5, 0.25}};
  CHECK(std::abs(profile_spectrum(profile, 0) - 1.0) < 1e-15);
  CHECK(std::abs(profile_spectrum(profile, 0.5)) < 1e-15);  // alternating signs cancel
  CHECK(std::arg(profile_spectrum(profile, 1.0 / 16)) == Approx(2 * M_PI * 4 / 16));
}
