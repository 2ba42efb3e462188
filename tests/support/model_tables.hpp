// SPDX-License-Identifier: BSD-3-Clause
// The model's tables (configs/v1/*.csv) as plain text by row and column: what tests compare a built network
// with. Knows nothing of the builder, so that a table which the builder reads wrongly is noticed too.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace striate::test {

/// Rows in file order, each column -> cell. '#' lines come before the header.
using TableRows = std::vector<std::map<std::string, std::string>>;

inline std::vector<std::string> split_line(const std::string& line, char separator) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line)
    if (c == '"')
      quoted = !quoted;
    else if (c == separator && !quoted)
      cells.emplace_back();
    else if (c != '\r')
      cells.back() += c;
  return cells;
}

inline TableRows read_rows(const std::string& path, char separator) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::vector<std::string> header;
  TableRows rows;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto cells = split_line(line, separator);
    if (header.empty()) {
      header = cells;
      continue;
    }
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = cells.at(i);
  }
  return rows;
}

inline TableRows model_table(const std::string& name) {
  return read_rows(STRIATE_SOURCE_DIR "/configs/v1/" + name, ',');
}

/// The rows by the values of `keys`, joined by blanks.
inline std::map<std::string, std::map<std::string, std::string>> by_key(
    const TableRows& rows, const std::vector<std::string>& keys) {
  std::map<std::string, std::map<std::string, std::string>> found;
  for (const auto& row : rows) {
    std::string key;
    for (const auto& column : keys) key += (key.empty() ? "" : " ") + row.at(column);
    found[key] = row;
  }
  return found;
}

}  // namespace striate::test
