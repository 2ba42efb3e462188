// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/welch.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/values/random.hpp"

using namespace striate;
using namespace striate::metrics;

TEST_CASE("a sinusoid on a frequency of the segment has its power there and, by Hann, in both neighbours") {
  // a^2/2 spread as 1/6, 2/3, 1/6 of the window's energy; resolution 1 Hz.
  std::vector<double> samples(2000);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = 5 + 3 * std::sin(2 * std::numbers::pi * 40 * static_cast<double>(i) / 1000);
  const auto density = Welch(1000, 1000).density(samples);
  const auto frequencies = welch_frequencies(1000, 1000);
  REQUIRE(density.size() == 501);
  REQUIRE(frequencies.size() == 501);
  CHECK(frequencies[40] == 40);
  CHECK(frequencies.back() == 500);
  CHECK(density[40] == Approx(4.5 * 2 / 3));
  CHECK(density[39] == Approx(4.5 / 6));
  CHECK(density[41] == Approx(4.5 / 6));
  CHECK(density[0] == Approx(0).margin(1e-20));  // the mean is gone
  CHECK(density[42] == Approx(0).margin(1e-20));
  CHECK(density[500] == Approx(0).margin(1e-20));
}

TEST_CASE("the density depends on the unit of frequency, its integral does not") {
  core::RandomStream random(1, core::Purpose::test, 0);
  std::vector<double> samples(2000);
  for (auto& sample : samples) sample = random.normal();
  const auto per_hz = Welch(1000, 1000).density(samples), per_khz = Welch(1000, 1).density(samples);
  for (std::size_t i = 0; i < per_hz.size(); ++i) CHECK(per_khz[i] == Approx(1000 * per_hz[i]));
  // White noise of variance 1: level 2/fs, at DC and the end half of it; 3 segments give an error of ~3 %.
  CHECK(std::accumulate(per_hz.begin(), per_hz.end(), 0.0) == Approx(1).epsilon(0.15));
}

TEST_CASE("four samples in one segment, by hand") {
  // x - mean = (1, -1, 1, -1) x periodic Hann (0, 1/2, 1, 1/2) = (0, -1/2, 1, -1/2): transform 0, -1, 2;
  // sum of w^2 = 3/2.
  const double samples[] = {3, 1, 3, 1};
  const auto density = Welch(4, 1).density(samples);
  REQUIRE(density.size() == 3);
  CHECK(density[0] == Approx(0).margin(1e-20));
  CHECK(density[1] == Approx(2 / 1.5));
  CHECK(density[2] == Approx(4 / 1.5));
}

TEST_CASE("segments overlap by half and a rest is left out") {
  // Segments 0-3 and 2-5 are alike; sample 6 fills no segment.
  const double samples[] = {3, 1, 3, 1, 3, 1, 100};
  const auto density = Welch(4, 1).density(samples);
  CHECK(density[1] == Approx(2 / 1.5));
  const double half[] = {3, 1, 3, 1, 2, 2};  // second segment (3, 1, 2, 2): mean 2, (0, -1/2, 0, 0)
  const auto mixed = Welch(4, 1).density(half);
  CHECK(mixed[0] == Approx((0 + 0.25) / 2 / 1.5));
  CHECK(mixed[1] == Approx((2 * 1 + 2 * 0.25) / 2 / 1.5));
  CHECK(mixed[2] == Approx((4 + 0.25) / 2 / 1.5));
}
