// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/utf8.hpp"

#include <cstdint>

namespace striate::io {
namespace {

/// U+10FF00 … U+10FFFF begin so; 6 bits each of the last two bytes hold the masked byte.
constexpr std::string_view mask = "\xF4\x8F";
constexpr std::size_t masked_bytes = 4;

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

/// Bytes of the character that begins at `at`; 0 if none does (RFC 3629: shortest forms, no surrogates).
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto first = byte_at(text, at), second = byte_at(text, at + 1);
  const auto follows = [&](std::size_t offset) { return (byte_at(text, at + offset) & 0xC0) == 0x80; };
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool shortest = first != 0xE0 || second >= 0xA0, no_surrogate = first != 0xED || second <= 0x9F;
    return follows(1) && follows(2) && shortest && no_surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool shortest = first != 0xF0 || second >= 0x90, in_range = first != 0xF4 || second <= 0x8F;
    return follows(1) && follows(2) && follows(3) && shortest && in_range ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text, std::size_t from) {
  while (from < text.size()) {
    const auto bytes = character_bytes(text, from);
    if (bytes == 0) return from;
    from += bytes;
  }
  return std::string_view::npos;
}

std::string masked_utf8(std::string_view text) {
  std::string result;
  std::size_t begin = 0;
  for (auto bad = find_invalid_utf8(text); bad != std::string_view::npos;
       bad = find_invalid_utf8(text, begin)) {
    result += text.substr(begin, bad - begin);
    const auto byte = byte_at(text, bad);
    result += mask;
    result += static_cast<char>(0xBC | (byte >> 6));
    result += static_cast<char>(0x80 | (byte & 0x3F));
    begin = bad + 1;
  }
  result += text.substr(begin);
  return result;
}

std::string unmasked_utf8(std::string_view text) {
  std::string result;
  std::size_t begin = 0;
  for (auto at = text.find(mask); at != std::string_view::npos; at = text.find(mask, begin)) {
    const auto third = byte_at(text, at + 2), fourth = byte_at(text, at + 3);
    const bool is_mask = third >= 0xBC && third <= 0xBF && (fourth & 0xC0) == 0x80;
    result += text.substr(begin, at - begin + (is_mask ? 0 : mask.size()));
    if (is_mask) result += static_cast<char>((third & 3) << 6 | (fourth & 0x3F));
    begin = at + (is_mask ? masked_bytes : mask.size());
  }
  result += text.substr(begin);
  return result;
}

}  // namespace striate::io
