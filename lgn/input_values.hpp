// SPDX-License-Identifier: BSD-3-Clause
// Values of an input's keys, checked. All throw ConfigError naming file and key.
#pragma once

#include <string_view>

#include "io/text/json.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {

/// The values that a key may have, and how to say so.
struct Bounds {
  double low, high;
  const char* text;
};
inline constexpr Bounds positive{.low = 1e-9, .high = 1e9, .text = "must be positive"};
inline constexpr Bounds not_negative{.low = 0, .high = 1e9, .text = "must not be negative"};
inline constexpr Bounds finite{.low = -1e9, .high = 1e9, .text = "must be a number of reasonable size"};
inline constexpr Bounds contrasts{.low = 0, .high = 1, .text = "must be between 0 and 1"};
inline constexpr Bounds frame_rates{.low = 1e-3, .high = 1e6, .text = "frames per second, must be positive"};

double checked(const io::JsonSection& input, std::string_view key, double value, const Bounds& bounds);
double number(const io::JsonSection& input, std::string_view key, double fallback, const Bounds& bounds);
double required(const io::JsonSection& input, std::string_view key, const Bounds& bounds);

/// A time in ms, in s. So short a one is probably meant in s: said, not changed.
double milliseconds(const io::JsonSection& input, std::string_view key, double value_ms);

YDirection y_direction(const io::JsonSection& input, const char* usual = "down");

}  // namespace striate::lgn
