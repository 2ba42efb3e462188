// SPDX-License-Identifier: BSD-3-Clause
// Weights (pA) of recurrent connections: a PSP amplitude from the lognormal distribution measured for the
// population pair, at a quantile given by the difference of tuning angles (like-to-like) or drawn at random,
// over the unitary PSP of the target's model and the target's size. Rounded to single precision.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "builder/edges/connection_rule.hpp"
#include "builder/edges/edge_rows.hpp"
#include "core/values/random.hpp"

namespace striate::builder {

/// Quantile of an excitatory-to-excitatory connection from the difference of directions (0..180 degrees): one
/// minus the distribution function of the density that the orientation rule gives to equally spaced tuning
/// angles.
double orientation_quantile(double difference_deg, const OrientationRule& rule);

/// sqrt(2) erf^-1(2 q - 1): the standard normal deviate below which a fraction q lies.
double normal_deviate(double q);

class WeightRule {
 public:
  /// All arguments must outlive it.
  WeightRule(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule);

  /// Weights of the connections from `sources` (ascending) onto `target`, appended. A function of (seed,
  /// target, sources) alone.
  void weigh(std::uint32_t target, std::span<const std::uint32_t> sources, WeightColumn& weights) const;

 private:
  struct PairTable {
    double shape, median;  ///< of the PSP distribution freed of the spread of target sizes; median times size
    const OrientationRule* orientation;
    double noise_deg;
  };
  double quantile(const PairTable& pair, double angle_difference_deg, core::RandomStream& random) const;

  const NetworkSpec& spec_;
  const V1Nodes& nodes_;
  std::vector<PairTable> pairs_;  ///< [source population][target population]
  std::vector<std::uint8_t> population_of_node_;
};

}  // namespace striate::builder
