// SPDX-License-Identifier: BSD-3-Clause
// JSON that stands in a cell of a table or a row of a file instead of in a file of its own.
#pragma once

#include <filesystem>
#include <string_view>

#include "io/text/json.hpp"

namespace striate::io {

/// `label` stands for the file in messages. Throws ConfigError as read_json does, which uses it (json.cpp).
Json parse_json(std::string_view text, const std::filesystem::path& label);

/// Begins as a JSON object does; names of files never do.
inline bool is_json_text(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

}  // namespace striate::io
