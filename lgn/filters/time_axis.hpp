// SPDX-License-Identifier: BSD-3-Clause
// When rates were sampled.
#pragma once

#include <cstddef>

namespace striate::lgn {

/// Sample times at regular distance.
struct TimeAxis {
  double first_ms = 0, step_ms = 1;
  double at_ms(std::size_t k) const { return first_ms + static_cast<double>(k) * step_ms; }
};

}  // namespace striate::lgn
