// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/loss_draws.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace striate::training {
namespace {

/// SplitMix64's finaliser (Steele et al. 2014, OOPSLA, doi:10.1145/2660193.2660195).
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

/// Even in 0 … count - 1, by multiplication (Lemire 2019, ACM TOMACS, doi:10.1145/3230636) without rejection:
/// the bias is below count / 2^32.
std::uint32_t below(std::uint32_t count, core::RandomStream& random) {
  return static_cast<std::uint32_t>(std::uint64_t{random()} * count >> 32);
}

}  // namespace

core::RandomStream stream(const Occasion& occasion, core::Purpose purpose, std::uint64_t trial,
                          std::uint64_t unit) {
  const auto key =
      mixed(mixed(mixed(occasion.seed) ^ static_cast<std::uint64_t>(occasion.phase)) ^ occasion.number);
  return {mixed(key ^ trial), purpose, unit};
}

std::vector<TrialStimulus> draw_stimuli(const Occasion& occasion, std::size_t trials) {
  std::vector<TrialStimulus> stimuli;
  for (std::size_t trial = 0; trial < trials; ++trial) {
    auto random = stream(occasion, core::Purpose::training_stimulus, trial, 0);
    const double direction = 360 * random.uniform();
    stimuli.push_back({.direction_deg = direction, .phase_deg = 360 * random.uniform()});
  }
  return stimuli;
}

void append_train(std::span<const float> rates_hz, core::RandomStream random, std::uint32_t source,
                  std::uint16_t trial, std::vector<DriveSpike>& spikes) {
  // Expected spikes are added up until they pass an exponential number; whole stretches without are skipped.
  constexpr std::size_t stretch = 20;
  double until = random.exponential() * 1000, sum = 0;
  for (std::size_t begin = 0; begin < rates_hz.size(); begin += stretch) {
    const std::size_t end = std::min(begin + stretch, rates_hz.size());
    float whole = 0;
    for (std::size_t t = begin; t < end; ++t) whole += rates_hz[t];
    if (sum + static_cast<double>(whole) < until) {
      sum += static_cast<double>(whole);
      continue;
    }
    double inside = sum;
    for (std::size_t t = begin; t < end; ++t) {
      inside += static_cast<double>(rates_hz[t]);
      if (inside < until) continue;
      spikes.push_back({.source = source, .step = static_cast<std::uint16_t>(t), .trial = trial});
      while (until <= inside) until += random.exponential() * 1000;
    }
    sum += static_cast<double>(whole);
  }
}

void append_train(float rate_hz, std::size_t steps, core::RandomStream random, std::uint32_t source,
                  std::uint16_t trial, std::vector<DriveSpike>& spikes) {
  if (!(rate_hz > 0)) return;
  const double mean_gap = 1000 / static_cast<double>(rate_hz);
  std::size_t last = steps;
  for (double time = random.exponential() * mean_gap; time < static_cast<double>(steps);
       time += random.exponential() * mean_gap) {
    const auto step = static_cast<std::size_t>(time);
    if (step != last)
      spikes.push_back({.source = source, .step = static_cast<std::uint16_t>(step), .trial = trial});
    last = step;
  }
}

std::vector<std::uint8_t> draw_noise(const Occasion& occasion, std::size_t first_trial, std::size_t trials,
                                     std::size_t steps, std::uint32_t nodes, double mean_count) {
  // limit[k]: a 32-bit word below it gives at most k.
  std::vector<std::uint64_t> limit;
  double probability = std::exp(-mean_count), sum = 0;
  for (std::size_t k = 0; k < 255 && (sum < 1 - 1e-10 || static_cast<double>(k) < mean_count); ++k) {
    sum += probability;
    limit.push_back(static_cast<std::uint64_t>(std::ldexp(std::min(sum, 1.0), 32)));
    probability *= mean_count / static_cast<double>(k + 1);
  }
  std::vector<std::uint8_t> counts(steps * nodes * lanes, 0);
  for (std::size_t trial = 0; trial < trials; ++trial)
    for (std::uint32_t node = 0; node < nodes; ++node) {
      auto random = stream(occasion, core::Purpose::training_noise, first_trial + trial, node);
      for (std::size_t step = 0; step < steps; ++step) {
        const std::uint32_t word = random();
        std::size_t count = 0;
        while (count < limit.size() && word >= limit[count]) ++count;
        counts[(step * nodes + node) * lanes + trial] = static_cast<std::uint8_t>(count);
      }
    }
  return counts;
}

std::vector<std::uint32_t> draw_order(const Occasion& occasion, std::uint32_t cells) {
  auto random = stream(occasion, core::Purpose::training_order, 0, 0);
  std::vector<std::uint32_t> keys(cells);
  for (auto& key : keys) key = random();
  return keys;
}

std::vector<SynchronyGroup> draw_groups(const Occasion& occasion, std::span<const std::uint32_t> cells,
                                        std::size_t trials, const GroupOptions& options) {
  assert(cells.size() >= options.least_size);
  auto random = stream(occasion, core::Purpose::training_groups, 0, 0);
  std::vector<std::uint32_t> order(cells.begin(), cells.end());
  std::size_t dealt = 0;
  std::vector<SynchronyGroup> groups(options.count);
  for (SynchronyGroup& group : groups) {
    const double wanted = std::trunc(options.mean_size + options.size_deviation * random.normal());
    const auto size = static_cast<std::size_t>(
        std::clamp(wanted, static_cast<double>(options.least_size), static_cast<double>(order.size())));
    group.trial = below(static_cast<std::uint32_t>(trials), random);
    if (order.size() - dealt < size) dealt = 0;  // what was dealt is mixed in again
    for (std::size_t i = 0; i < size; ++i, ++dealt) {
      std::swap(order[dealt], order[dealt + below(static_cast<std::uint32_t>(order.size() - dealt), random)]);
      group.cells.push_back(order[dealt]);
    }
  }
  return groups;
}

}  // namespace striate::training
