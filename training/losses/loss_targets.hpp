// SPDX-License-Identifier: BSD-3-Clause
// Targets of the rate loss from recorded rates: draws from their empirical quantile function, made with the
// numbers of numpy's RandomState(seed).uniform, as the published program draws them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace striate::training {

/// `count` numbers in [0, 1): RandomState(seed).uniform(0, 1, count) of numpy (MT19937, 53 bits).
std::vector<double> numpy_uniform(std::uint32_t seed, std::size_t count);

enum class TargetDraw {
  random,  ///< at numpy_uniform numbers
  quantiles  ///< at (k - 1/2) / count: no draw
};

/// Rising, in the unit of `recorded`, of which the quantile function is taken by linear interpolation between
/// the sorted values and an additional 0.
std::vector<double> rate_targets(std::span<const double> recorded, std::size_t count, std::uint32_t seed,
                                 TargetDraw draw = TargetDraw::random);

}  // namespace striate::training
