// SPDX-License-Identifier: BSD-3-Clause
// Distance of the distribution of rates from the recorded one, type by type: quantile Huber loss between the
// sorted rates and sorted targets (docs/training.md, "Rates").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace striate::training {

/// Cells of one type and as many targets, rising, in spikes per ms.
struct RateGroup {
  std::vector<std::uint32_t> cells;
  std::vector<double> targets;
};

/// Which quantile the k-th slowest of n cells stands for: k / n, so that the fastest is never pulled upwards
/// (as in the published program), or (k - 1/2) / n.
enum class QuantileLevels { upper, middle };
/// Cells of equal rate share out the slopes of their places at random, or each gets the mean of them.
enum class Ties { random, mean };

struct RateLossOptions {
  double strength = 10000;
  double kappa = 0.002;  ///< spikes per ms; below it the loss is quadratic
  QuantileLevels levels = QuantileLevels::upper;
  Ties ties = Ties::random;
};

/// `spikes`: of each cell, in all trials together, which last `trial_steps` steps in sum. `keys` order cells
/// of equal rate. Adds the derivative after one spike to gradient[cell]. Returns the loss.
double rate_loss(std::span<const RateGroup> groups, std::span<const std::uint32_t> spikes,
                 std::span<const std::uint32_t> keys, double trial_steps, const RateLossOptions& options,
                 std::span<double> gradient);

}  // namespace striate::training
