// SPDX-License-Identifier: BSD-3-Clause
// The one "no value" of numbers: what tables hold where nothing could be measured.
#pragma once

#include <limits>

namespace striate::core {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace striate::core
