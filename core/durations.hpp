// SPDX-License-Identifier: BSD-3-Clause
// Lengths of time as people give them to commands: "2h50m" by the clock on the wall, "500ms" of simulated
// time. The unit says which is meant, so none may be left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace striate::core {

/// Seconds of "2h50m", "90s", "1.5h", "1d12h": numbers with d, h, m, s, each at most once and in this order.
/// nullopt for all else, also where the whole is not positive.
std::optional<double> parse_wall_seconds(std::string_view text);

/// One of the two.
struct RunLength {
  std::optional<double> wall_s;
  std::optional<double> simulated_ms;
};

/// "2h50m" or "500ms". Throws UsageError naming `option`.
RunLength parse_run_length(std::string_view text, const char* option);

/// "12.3 s", "50 min", "2.8 h"
std::string human_seconds(double seconds);

}  // namespace striate::core
