// SPDX-License-Identifier: BSD-3-Clause
// Small helpers on text: which known word was probably meant, and numbers that must fill the whole text.
#pragma once

#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace striate::core {

/// Of ASCII letters; other bytes stay.
std::string lower_case(std::string_view text);

/// Insertions, deletions and substitutions that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate most like `word` by edit distance, or "" if none is near. Capitals do not count.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// " did you mean X?" for the end of an error message, or "" if no candidate is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// At most about `most` bytes of a text that others wrote, ended at a blank and with "…" where it is cut.
std::string shortened(std::string_view text, std::size_t most);

/// Puts `value` for each `key` (not empty) in the text.
void replace_all(std::string& text, std::string_view key, std::string_view value);

/// The number that the whole text spells (no blanks around it), or nullopt.
template <class T>
std::optional<T> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace striate::core
