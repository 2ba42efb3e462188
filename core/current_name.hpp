// SPDX-License-Identifier: BSD-3-Clause
// How names of network options end that stand for experiments with a current into some cells: "neg1000",
// "pos0.5" of "pv_neg1000", "inh_selective_pos0.5".
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace striate::core {

inline std::string current_name(double amp_pA) {
  return fmt::format("{}{}", amp_pA < 0 ? "neg" : "pos", std::abs(amp_pA));
}

}  // namespace striate::core
