// SPDX-License-Identifier: BSD-3-Clause
// The clock by which everything is timed.
#pragma once

#include <chrono>

namespace striate::core {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace striate::core
