// SPDX-License-Identifier: BSD-3-Clause
#include "core/window.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/text.hpp"

namespace striate::core {

std::string to_text(const Window& window) {
  if (window.end_ms >= whole_file.end_ms) return "whole file";
  return fmt::format("{}{}, {}{} ms", window.begin == End::closed ? '[' : '(', window.begin_ms, window.end_ms,
                     window.end == End::closed ? ']' : ')');
}

std::optional<Window> parse_window(std::string_view text) {
  if (text.size() < 5) return std::nullopt;
  const char first = text.front(), last = text.back();
  if ((first != '[' && first != '(') || (last != ']' && last != ')')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  const auto comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto trimmed = [](std::string_view word) {
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    return word;
  };
  const auto begin = parse_number<double>(trimmed(text.substr(0, comma))),
             end = parse_number<double>(trimmed(text.substr(comma + 1)));
  if (!begin || !end || !(*begin >= 0) || !(*end > *begin) || !std::isfinite(*end)) return std::nullopt;
  return Window{*begin, *end, first == '[' ? End::closed : End::open, last == ']' ? End::closed : End::open};
}

}  // namespace striate::core
