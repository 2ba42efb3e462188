// SPDX-License-Identifier: BSD-3-Clause
// Intervals of time in which spikes are counted, each end open or closed. Times in ms from the start of the
// simulation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace striate::core {

enum class End { open, closed };

struct Window {
  double begin_ms = 0, end_ms = 0;
  End begin = End::closed, end = End::open;

  constexpr bool contains(double time_ms) const {
    return (begin == End::closed ? time_ms >= begin_ms : time_ms > begin_ms) &&
           (end == End::closed ? time_ms <= end_ms : time_ms < end_ms);
  }
  constexpr double seconds() const { return (end_ms - begin_ms) / 1000; }
  bool operator==(const Window&) const = default;
};

inline constexpr Window whole_file{0, 1e300, End::closed, End::closed};

/// "(500, 2500] ms", "whole file"
std::string to_text(const Window& window);
/// "(500, 2500]"; nullopt for what is no interval of times from 0 on.
std::optional<Window> parse_window(std::string_view text);

}  // namespace striate::core
