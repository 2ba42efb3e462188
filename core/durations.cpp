// SPDX-License-Identifier: BSD-3-Clause
#include "core/durations.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::core {

std::optional<double> parse_wall_seconds(std::string_view text) {
  struct Unit {
    char letter;
    double seconds;
  };
  constexpr Unit units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
  double total = 0;
  const Unit* next = std::begin(units);
  while (!text.empty()) {
    const auto end = text.find_first_not_of("0123456789.");
    if (end == 0 || end == std::string_view::npos) return std::nullopt;
    const auto number = parse_number<double>(text.substr(0, end));
    while (next != std::end(units) && next->letter != text[end]) ++next;
    if (!number || next == std::end(units)) return std::nullopt;
    total += *number * (next++)->seconds;
    text.remove_prefix(end + 1);
  }
  return total > 0 && std::isfinite(total) ? std::optional(total) : std::nullopt;
}

RunLength parse_run_length(std::string_view text, const char* option) {
  if (text.ends_with("ms")) {
    const auto number = parse_number<double>(text.substr(0, text.size() - 2));
    if (number && *number > 0 && std::isfinite(*number)) return {.wall_s = {}, .simulated_ms = number};
  } else if (const auto seconds = parse_wall_seconds(text)) {
    return {.wall_s = seconds, .simulated_ms = {}};
  }
  throw UsageError(
      "invalid --{} '{}' (give a unit: 600s, 10m, 2h50m or 1d12h by the clock, 500ms of simulated time)",
      option, text);
}

std::string human_seconds(double seconds) {
  if (seconds < 120) return fmt::format("{:.1f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace striate::core
