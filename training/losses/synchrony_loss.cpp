// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/synchrony_loss.hpp"

#include <algorithm>

namespace striate::training {
namespace {

constexpr double least_mean = 1e-7;  // spikes per bin; divisors are at least this

struct BinStatistics {
  double mean = 0, variance = 0;
};

/// Sums of `width` steps, as many as fit; and their mean and variance (of the population).
BinStatistics bin(std::span<const std::uint32_t> steps, std::uint32_t width, std::vector<double>& bins) {
  bins.clear();
  for (std::size_t begin = 0; begin + width <= steps.size(); begin += width) {
    std::uint32_t sum = 0;
    for (std::size_t i = begin; i < begin + width; ++i) sum += steps[i];
    bins.push_back(sum);
  }
  BinStatistics result;
  const auto n = static_cast<double>(bins.size());
  for (const double x : bins) result.mean += x / n;
  for (const double x : bins) result.variance += (x - result.mean) * (x - result.mean) / n;
  return result;
}

}  // namespace

void add_group_counts(std::span<const SynchronyGroup> groups, const SpikeTable& spikes,
                      std::uint32_t first_trial, std::uint32_t trials, std::uint32_t cells,
                      const SynchronyOptions& options, std::span<std::uint32_t> counts) {
  // Groups by (cell, trial), so that each spike finds those it belongs to.
  std::vector<std::uint32_t> first(std::size_t{cells} * trials + 1, 0);
  const auto place = [&](std::uint32_t cell, std::uint32_t trial) {
    return std::size_t{cell} * trials + (trial - first_trial);
  };
  const auto here = [&](const SynchronyGroup& group) {
    return group.trial >= first_trial && group.trial < first_trial + trials;
  };
  for (const auto& group : groups)
    if (here(group))
      for (const auto cell : group.cells) ++first[place(cell, group.trial) + 1];
  for (std::size_t i = 0; i + 1 < first.size(); ++i) first[i + 1] += first[i];
  std::vector<std::uint32_t> member(first.back());
  auto next = first;
  for (std::uint32_t g = 0; g < groups.size(); ++g)
    if (here(groups[g]))
      for (const auto cell : groups[g].cells) member[next[place(cell, groups[g].trial)]++] = g;

  const std::size_t steps = options.end_step - options.first_step;
  for (std::size_t step = options.first_step; step < options.end_step; ++step)
    for (const StepSpikes& spike : spikes.at(static_cast<int>(step)))
      for (std::uint32_t trial = 0; trial < trials; ++trial) {
        if ((spike.trials >> trial & 1) == 0) continue;
        const std::size_t i = std::size_t{spike.cell} * trials + trial;
        for (auto m = first[i]; m < first[i + 1]; ++m)
          ++counts[member[m] * steps + (step - options.first_step)];
      }
}

SynchronyLoss synchrony_loss(std::size_t groups, std::span<const std::uint32_t> counts,
                             const SynchronyOptions& options) {
  const std::size_t steps = options.end_step - options.first_step, widths = options.widths.size();
  SynchronyLoss result;
  result.gradient.assign(groups * steps, 0.0);
  result.fano.assign(widths, 0.0);
  if (groups == 0 || widths == 0) return result;
  const auto n_groups = static_cast<double>(groups), n_widths = static_cast<double>(widths);
  std::vector<double> bins;
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t w = 0; w < widths; ++w) {
      const auto [mean, variance] = bin(counts.subspan(g * steps, steps), options.widths[w], bins);
      result.fano[w] += variance / std::max(mean, least_mean) / n_groups;
    }
  for (std::size_t w = 0; w < widths; ++w) {
    const double error = result.fano[w] - options.targets[w];
    result.loss += options.strength * error * error / n_widths;
  }
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t w = 0; w < widths; ++w) {
      const std::uint32_t width = options.widths[w];
      const double factor =
          2 * options.strength * (result.fano[w] - options.targets[w]) / n_widths / n_groups;
      const auto [mean, variance] = bin(counts.subspan(g * steps, steps), width, bins);
      const double divisor = std::max(mean, least_mean), n = static_cast<double>(bins.size());
      const double of_mean = mean > least_mean ? variance / (divisor * divisor * n) : 0;
      for (std::size_t q = 0; q < bins.size(); ++q) {
        const double slope = factor * (2 * (bins[q] - mean) / n / divisor - of_mean);
        double* to = result.gradient.data() + g * steps + q * width;
        for (std::uint32_t i = 0; i < width; ++i) to[i] += slope;
      }
    }
  return result;
}

}  // namespace striate::training
