// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/rate_loss.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace striate::training {
namespace {

struct Term {
  double value, slope;
};

Term quantile_huber(double above, double level, double kappa) {
  const double weight = std::abs(level - (above <= 0 ? 1.0 : 0.0)), distance = std::abs(above);
  if (distance <= kappa)
    return {.value = weight * above * above / (2 * kappa), .slope = weight * above / kappa};
  return {.value = weight * (distance - kappa / 2), .slope = above > 0 ? weight : -weight};
}

/// Replaces the slopes of cells of equal rate by their mean.
void average_ties(std::span<const std::uint32_t> spikes, std::span<double> slopes) {
  for (std::size_t begin = 0; begin < spikes.size();) {
    std::size_t end = begin + 1;
    while (end < spikes.size() && spikes[end] == spikes[begin]) ++end;
    double sum = 0;
    for (std::size_t k = begin; k < end; ++k) sum += slopes[k];
    for (std::size_t k = begin; k < end; ++k) slopes[k] = sum / static_cast<double>(end - begin);
    begin = end;
  }
}

}  // namespace

double rate_loss(std::span<const RateGroup> groups, std::span<const std::uint32_t> spikes,
                 std::span<const std::uint32_t> keys, double trial_steps, const RateLossOptions& options,
                 std::span<double> gradient) {
  double count = 0;
  for (const RateGroup& group : groups) count += static_cast<double>(group.cells.size());
  if (count == 0) return 0;
  const double share = options.strength / count;
  double loss = 0;
  std::vector<std::uint32_t> cell_at, sorted;
  std::vector<double> slopes;
  for (const RateGroup& group : groups) {
    const std::size_t n = group.cells.size();
    assert(group.targets.size() == n);
    // Sorted by (spikes, key); equal keys keep the order of cells.
    cell_at.assign(group.cells.begin(), group.cells.end());
    std::ranges::stable_sort(cell_at, [&](std::uint32_t a, std::uint32_t b) {
      return spikes[a] != spikes[b] ? spikes[a] < spikes[b] : keys[a] < keys[b];
    });
    sorted.clear();
    slopes.clear();
    for (std::size_t k = 0; k < n; ++k) {
      const double level =
          (static_cast<double>(k + 1) - (options.levels == QuantileLevels::middle ? 0.5 : 0.0)) /
          static_cast<double>(n);
      const double rate = static_cast<double>(spikes[cell_at[k]]) / trial_steps;
      const Term term = quantile_huber(rate - group.targets[k], level, options.kappa);
      loss += term.value;
      slopes.push_back(term.slope);
      sorted.push_back(spikes[cell_at[k]]);
    }
    if (options.ties == Ties::mean) average_ties(sorted, slopes);
    for (std::size_t k = 0; k < n; ++k) gradient[cell_at[k]] += share * slopes[k] / trial_steps;
  }
  return share * loss;
}

}  // namespace striate::training
