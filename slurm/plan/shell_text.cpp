// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/shell_text.hpp"

#include <algorithm>
#include <string_view>

#include "core/errors/error.hpp"

namespace striate::slurm {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_made_of(const std::string& text, std::string_view marks) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string shell_word(const std::string& text) {
  if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    throw core::UsageError("invalid name '{}' (control characters, such as newlines, are not allowed)", text);
  if (is_made_of(text, "._-+,=/:@%")) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string shell_words(std::span<const std::string> words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + shell_word(word);
  return text;
}

void require_option_name(const std::string& name, const std::string& what) {
  if (!is_made_of(name, "._-+=") || name.front() == '-' || name.front() == '.')
    throw core::UsageError("invalid {} '{}' (letters, digits and . _ - + = only, such as bio_trained)", what,
                           name);
}

}  // namespace striate::slurm
