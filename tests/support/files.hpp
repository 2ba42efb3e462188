// SPDX-License-Identifier: BSD-3-Clause
// What tests read of the files they made.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "io/text/delimited_table.hpp"

namespace striate::test {

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline double number(const io::DelimitedTable& table, std::size_t row, const char* column) {
  return table.number(table.rows.at(row), table.column(column));
}

}  // namespace striate::test
