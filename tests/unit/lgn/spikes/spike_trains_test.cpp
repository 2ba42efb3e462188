// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/spikes/spike_trains.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "lgn/stimuli/condition.hpp"

using namespace striate;
using namespace striate::lgn;

namespace {

std::vector<double> train(const std::vector<double>& rates_hz, SpikeProcess process, std::uint64_t trial,
                          std::uint64_t cell = 0, TimeAxis times = {}) {
  core::RandomStream random(trial_seed(1, "lgn", 99, trial), core::Purpose::lgn_spike, cell);
  std::vector<double> result;
  append_spike_train(rates_hz, times, process, random, result);
  return result;
}

/// 300 ms at 5 Hz, 200 ms at 80 Hz, 100 ms of silence, 400 ms at 20 Hz.
std::vector<double> steps() {
  std::vector<double> rates(1001, 20);
  std::fill(rates.begin(), rates.begin() + 300, 5);
  std::fill(rates.begin() + 300, rates.begin() + 500, 80);
  std::fill(rates.begin() + 500, rates.begin() + 600, 0);
  return rates;
}

/// Distance of Kolmogorov and Smirnov from the exponential distribution of mean 1, times sqrt(number).
double exponential_distance(std::vector<double> intervals) {
  std::ranges::sort(intervals);
  const auto number = static_cast<double>(intervals.size());
  double distance = 0;
  for (std::size_t k = 0; k < intervals.size(); ++k)
    distance =
        std::max(distance, std::abs(-std::expm1(-intervals[k]) - (static_cast<double>(k) + 0.5) / number));
  return distance * std::sqrt(number);
}

}  // namespace

TEST_CASE("spike counts of 1000 trials have the rate's mean, and a Poisson variance") {
  struct Window {
    double begin_ms, end_ms, expected;
  };
  constexpr int trials = 1000;
  for (const auto process : {SpikeProcess::poisson, SpikeProcess::bernoulli}) {
    for (const Window window : {Window{0, 300, 1.5}, {300, 500, 16}, {600, 1000, 8}, {0, 1000, 25.5}}) {
      double sum = 0, square = 0;
      for (int trial = 0; trial < trials; ++trial) {
        const auto times = train(steps(), process, static_cast<std::uint64_t>(trial));
        const auto inside =
            std::ranges::count_if(times, [&](double t) { return t >= window.begin_ms && t < window.end_ms; });
        sum += static_cast<double>(inside);
        square += static_cast<double>(inside * inside);
      }
      const double mean = sum / trials, variance = square / trials - mean * mean;
      CHECK(std::abs(mean - window.expected) < 4.5 * std::sqrt(window.expected / trials));
      // Bernoulli bins take a part p = rate * 1 ms <= 0.08 off the variance; the estimate's error is
      // sqrt(2/1000).
      const double expected_variance =
          process == SpikeProcess::poisson ? window.expected : window.expected * (1 - 0.04);
      CHECK(variance == Approx(expected_variance).epsilon(5 * std::sqrt(2.0 / trials)));
    }
  }
}

TEST_CASE("spikes ascend, lie in the stimulus and avoid silence") {
  for (const auto process : {SpikeProcess::poisson, SpikeProcess::bernoulli})
    for (std::uint64_t trial = 0; trial < 50; ++trial) {
      const auto times = train(steps(), process, trial);
      REQUIRE(std::ranges::is_sorted(times));
      for (const double t : times) {
        REQUIRE(t >= 0);
        REQUIRE(t < 1000);
        REQUIRE((t < 500 || t >= 600));
      }
    }
}

TEST_CASE("intervals at a constant rate are exponential") {
  const auto times = train(std::vector<double>(200'001, 50.0), SpikeProcess::poisson, 0);
  std::vector<double> intervals;
  for (std::size_t k = 1; k < times.size(); ++k) intervals.push_back((times[k] - times[k - 1]) * 0.05);
  CHECK(exponential_distance(intervals) < 1.95);  // p = 0.001
}

TEST_CASE("intervals of 1000 trials are exponential and unrelated when time runs with the rate") {
  // With the rate's integral as time, and trial after trial, spikes are a Poisson process of rate 1.
  const auto rates = steps();
  std::vector<double> integral{0};
  for (std::size_t k = 0; k + 1 < rates.size(); ++k) integral.push_back(integral.back() + rates[k] * 1e-3);
  std::vector<double> intervals;
  double before = 0;
  for (std::uint64_t trial = 0; trial < 1000; ++trial)
    for (const double t : train(rates, SpikeProcess::poisson, trial)) {
      const auto k = static_cast<std::size_t>(t);
      const double now = static_cast<double>(trial) * integral.back() + integral[k] +
                         (t - static_cast<double>(k)) * rates[k] * 1e-3;
      intervals.push_back(now - before);
      before = now;
    }
  REQUIRE(intervals.size() > 25'000);
  double product = 0;  // of neighbours' deviations from the mean, 1
  for (std::size_t k = 1; k < intervals.size(); ++k) product += (intervals[k] - 1) * (intervals[k - 1] - 1);
  CHECK(std::abs(product) / std::sqrt(static_cast<double>(intervals.size())) < 4.5);
  CHECK(exponential_distance(std::move(intervals)) < 1.95);
}

TEST_CASE("cells and trials are independent") {
  const auto counts = [](std::uint64_t cell) {
    std::vector<double> result;
    for (std::uint64_t trial = 0; trial < 1000; ++trial)
      result.push_back(static_cast<double>(train(steps(), SpikeProcess::poisson, trial, cell).size()) - 25.5);
    return result;
  };
  const auto first = counts(0), second = counts(1);
  double across = 0, lagged = 0;
  for (std::size_t k = 0; k < first.size(); ++k) {
    across += first[k] * second[k] / 25.5 / 1000;
    if (k > 0) lagged += first[k] * first[k - 1] / 25.5 / 1000;
  }
  CHECK(std::abs(across) < 4.5 / std::sqrt(1000.0));
  CHECK(std::abs(lagged) < 4.5 / std::sqrt(1000.0));
}

TEST_CASE("no two cells or trials share a spike time, at equal rates") {
  std::vector<double> times;
  for (std::uint64_t trial = 0; trial < 10; ++trial)
    for (std::uint64_t cell = 0; cell < 300; ++cell) {
      const auto own = train(steps(), SpikeProcess::poisson, trial, cell);
      times.insert(times.end(), own.begin(), own.end());
    }
  REQUIRE(times.size() > 70'000);
  std::ranges::sort(times);
  CHECK(std::ranges::adjacent_find(times) == times.end());
}

TEST_CASE("counts in neighbouring windows of 1000 trials are independent") {
  double product = 0;
  for (std::uint64_t trial = 0; trial < 1000; ++trial) {
    const auto times = train(steps(), SpikeProcess::poisson, trial);
    const auto count = [&](double from, double to) {
      return static_cast<double>(std::ranges::count_if(times, [&](double t) { return t >= from && t < to; }));
    };
    product += (count(300, 400) - 8) * (count(400, 500) - 8) / 8;
  }
  CHECK(std::abs(product) / std::sqrt(1000.0) < 4.5);
}

TEST_CASE("many spikes in one interval are kept by the exact process") {
  const auto times = train({20'000, 0}, SpikeProcess::poisson, 0, 0, {.first_ms = 3, .step_ms = 10});
  CHECK(times.size() > 120);
  CHECK(times.size() < 290);
  CHECK(times.front() >= 3);
  CHECK(times.back() < 13);
}

TEST_CASE("no rate, no sample, no interval: no spikes") {
  for (const auto process : {SpikeProcess::poisson, SpikeProcess::bernoulli}) {
    CHECK(train({}, process, 0).empty());
    CHECK(train({1e5}, process, 0).empty());
    CHECK(train({0, 0, 0, 1e5}, process, 0).empty());
  }
}

TEST_CASE("seed, population, condition and trial each choose other random numbers") {
  const auto base = trial_seed(1, "lgn", 2, 3);
  CHECK(base == trial_seed(1, "lgn", 2, 3));
  CHECK(base != trial_seed(2, "lgn", 2, 3));
  CHECK(base != trial_seed(1, "lgm", 2, 3));
  CHECK(base != trial_seed(1, "lgn", 3, 3));
  CHECK(base != trial_seed(1, "lgn", 2, 4));
  CHECK(base != trial_seed(1, "lgn", 3, 2));
}
