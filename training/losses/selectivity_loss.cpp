// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/selectivity_loss.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace striate::training {
namespace {

/// Means over the cells of a type in one trial.
struct TypeMeans {
  double rate = 0, orientation = 0, direction = 0;
};

}  // namespace

double selectivity_loss(const SelectivityCells& cells, std::span<const std::uint32_t> spikes,
                        std::span<const double> mean_rate, std::span<const double> direction_deg,
                        double steps, const SelectivityLossOptions& options, double factor,
                        std::span<double> gradient) {
  const std::size_t trials = direction_deg.size(), types = cells.targets.size();
  std::vector<double> size(types, 0.0);
  for (const auto kind : cells.kind) ++size[kind];
  const auto total = static_cast<double>(cells.cells.size());
  if (total == 0) return 0;
  const auto angle = [&](std::size_t i, std::size_t trial) {
    return (direction_deg[trial] - cells.tuning_deg[i]) * std::numbers::pi / 180;
  };
  const auto normal = [&](std::size_t i) {
    return 1 / std::max(mean_rate[cells.cells[i]], options.least_rate);
  };

  std::vector<TypeMeans> means(trials * types);
  for (std::size_t trial = 0; trial < trials; ++trial)
    for (std::size_t i = 0; i < cells.cells.size(); ++i) {
      const auto count = static_cast<double>(spikes[cells.cells[i] * trials + trial]);
      if (count == 0) continue;
      const double rate = count / steps * normal(i), a = angle(i, trial);
      TypeMeans& mean = means[trial * types + cells.kind[i]];
      mean.rate += rate;
      mean.orientation += rate * std::cos(2 * a);
      mean.direction += rate * std::cos(a);
    }
  std::vector<double> osi(types, 0.0), dsi(types, 0.0);
  for (std::size_t trial = 0; trial < trials; ++trial)
    for (std::size_t c = 0; c < types; ++c) {
      TypeMeans& mean = means[trial * types + c];
      const double n = std::max(size[c], 1.0);
      mean.rate /= n, mean.orientation /= n, mean.direction /= n;
      const double divisor = std::max(mean.rate, options.least_rate);
      osi[c] += mean.orientation / divisor / static_cast<double>(trials);
      dsi[c] += mean.direction / divisor / static_cast<double>(trials);
    }
  double loss = 0;
  const double strength = factor * options.strength / total;
  for (std::size_t c = 0; c < types; ++c) {
    const double o = osi[c] - cells.targets[c].osi, d = dsi[c] - cells.targets[c].dsi;
    loss += strength * size[c] * (o * o + d * d);
  }
  for (std::size_t i = 0; i < cells.cells.size(); ++i) {
    const std::size_t c = cells.kind[i];
    const double scale = 2 * strength * normal(i) / (static_cast<double>(trials) * steps);  // size cancels
    const double o = osi[c] - cells.targets[c].osi, d = dsi[c] - cells.targets[c].dsi;
    for (std::size_t trial = 0; trial < trials; ++trial) {
      const TypeMeans& mean = means[trial * types + c];
      const double divisor = std::max(mean.rate, options.least_rate), a = angle(i, trial);
      const double live = mean.rate > options.least_rate ? 1 / (divisor * divisor) : 0;
      gradient[cells.cells[i] * trials + trial] +=
          scale * (o * (std::cos(2 * a) / divisor - mean.orientation * live) +
                   d * (std::cos(a) / divisor - mean.direction * live));
    }
  }
  return loss;
}

}  // namespace striate::training
