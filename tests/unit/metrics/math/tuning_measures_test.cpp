// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/tuning_measures.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "core/values/random.hpp"
#include "metrics/math/statistics.hpp"

using namespace striate;
using namespace striate::metrics;

TEST_CASE("squares of 0 to 9: lifetime sparseness and selectivity by thresholds") {
  std::vector<double> responses;
  for (int k = 0; k < 10; ++k) responses.push_back(k * k);
  CHECK(sparsity(responses) == Approx(0.5225113589).epsilon(1e-9));
  CHECK(threshold_selectivity(responses) == Approx(0.2962962963).epsilon(1e-9));
  CHECK(threshold_selectivity(std::vector<double>{3, 3, 3}) == 0);
  CHECK(threshold_selectivity(std::vector<double>{0, 0, 0, 8}) == Approx(0.5));
  CHECK(std::isnan(threshold_selectivity({})));
  CHECK(std::isnan(threshold_selectivity(std::vector<double>{1, std::nan("")})));
}

TEST_CASE("variance over mean") {
  CHECK(fano_factor(std::vector<double>{2, 4, 6}) == Approx(8.0 / 3 / 4));
  CHECK(fano_factor(std::vector<double>{5, 5}) == 0);
  CHECK(std::isnan(fano_factor(std::vector<double>{0, 0})));
}

TEST_CASE("a Poisson train with the rate r (1 + m cos wt) has the relative first harmonic m") {
  // By rejection, 2000 trials of 2.5 s of 20 Hz at 2 Hz: 100000 spikes, an error of about sqrt(2/n) = 0.005.
  constexpr double m = 0.6, frequency = 2, seconds = 2.5, rate = 20;
  core::RandomStream random(3, core::Purpose::test, 0);
  Harmonic pooled, few;
  double single = 0;
  int with_spikes = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    Harmonic own;
    for (double t = 0;;) {
      t -= std::log(1 - random.uniform()) / (rate * (1 + m));
      if (t >= seconds) break;
      if (random.uniform() * (1 + m) < 1 + m * std::cos(2 * std::numbers::pi * frequency * t))
        own.add(t * frequency);
    }
    pooled.add(own);
    if (own.spikes == 0) continue;
    single += own.relative();
    ++with_spikes;
  }
  CHECK(pooled.relative() == Approx(m).margin(0.02));
  CHECK(single / with_spikes > m);  // biased upward by few spikes
  CHECK(std::isnan(few.relative()));
}

TEST_CASE("spikes at one phase have the harmonic 2, spikes at opposite phases none") {
  Harmonic locked, opposite;
  for (int cycle = 0; cycle < 5; ++cycle) {
    locked.add(cycle + 0.3);
    opposite.add(cycle + 0.3);
    opposite.add(cycle + 0.8);
  }
  CHECK(locked.relative() == Approx(2));
  CHECK(opposite.relative() == Approx(0).margin(1e-12));
}

TEST_CASE("a train modulated at a frequency stands out in its spectrum there") {
  std::vector<double> modulated, flat;
  core::RandomStream random(4, core::Purpose::test, 0);
  for (int ms = 0; ms < 2500; ++ms) {
    modulated.push_back(std::round(10 * (1 + std::cos(2 * std::numbers::pi * 2 * ms / 1000))));
    flat.push_back(random.uniform() < 0.02 ? 1 : 0);
  }
  CHECK(modulation_index(modulated, 2) > 3);  // 2.9 Hz is the first frequency not below 2 Hz
  CHECK(modulation_index(flat, 2) < 3);
  CHECK(std::isnan(modulation_index(std::vector<double>(2000, 0.0), 2)));
  CHECK(std::isnan(modulation_index(modulated, 501)));
  // Fewer than 1024 bins are one segment, of an even number.
  CHECK_FALSE(std::isnan(modulation_index(std::span(modulated).first(1001), 2)));
  CHECK(modulation_index(std::span(modulated).first(1001), 2) ==
        modulation_index(std::span(modulated).first(1000), 2));
}
