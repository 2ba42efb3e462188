// SPDX-License-Identifier: BSD-3-Clause
// Names of files and words of arguments are bytes, while JSON wants UTF-8. Bytes that are not are carried
// through: masked as characters of a private range for libraries that would refuse them, and unmasked again.
#pragma once

#include <string>
#include <string_view>

namespace striate::io {

/// Where the first byte lies that is not part of a UTF-8 character; npos if all are.
std::size_t find_invalid_utf8(std::string_view text, std::size_t from = 0);

/// Each byte that is not UTF-8 becomes one character of the range U+10FF00 … U+10FFFF.
std::string masked_utf8(std::string_view text);
/// Undoes it.
std::string unmasked_utf8(std::string_view text);

}  // namespace striate::io
