// SPDX-License-Identifier: BSD-3-Clause
// How many synapses each connection of one target has: Yule-Simon numbers, dealt from the largest down to 2,
// each to a connection that has none yet, with probability proportional to exp(-d k), d half the squared
// distance.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/values/random.hpp"

namespace striate::builder {

/// Yule-Simon numbers: k >= 1 with probability y B(k, y + 1).
class YuleSimon {
 public:
  explicit YuleSimon(double y);
  std::uint32_t draw(core::RandomStream& random);

 private:
  double y_;
  std::vector<double> survival_{1};  ///< [k] P(K > k), as far as it was needed
};

/// synapses[i] >= 1 for each of the half squared distances.
void deal_synapse_numbers(std::span<const double> half_distance2, double y, core::RandomStream& random,
                          std::vector<std::uint32_t>& synapses);

}  // namespace striate::builder
