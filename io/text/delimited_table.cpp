// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/delimited_table.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

using core::FormatError;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view without_outer_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

/// The text of a quoted cell that starts at `at`, two quotes in it being one; moves `at` behind the closing
/// quote.
std::string quoted_cell(std::string_view line, std::size_t& at, const std::string& where) {
  std::string cell;
  while (true) {
    const auto end = line.find('"', at + 1);
    if (end == std::string_view::npos) throw FormatError("quote opened and never closed in {}", where);
    cell += line.substr(at + 1, end - at - 1);
    at = end + 1;
    if (at == line.size() || line[at] != '"') return cell;
    cell += '"';
  }
}

std::vector<std::string> split(std::string_view line, char separator, const std::string& where) {
  std::vector<std::string> cells;
  std::size_t at = 0;
  while (true) {
    std::string cell;
    if (at < line.size() && line[at] == '"') cell = quoted_cell(line, at, where);
    const auto end = std::min(line.find(separator, at), line.size());
    cell += without_outer_blanks(line.substr(at, end - at));
    cells.push_back(std::move(cell));
    if (end == line.size()) return cells;
    at = end + 1;
    while (is_blank(separator) && at < line.size() && line[at] == separator) ++at;
  }
}

}  // namespace

std::size_t DelimitedTable::column(std::string_view name) const {
  const auto found = std::ranges::find(columns, name);
  if (found == columns.end())
    throw FormatError("missing column \"{}\" in {} (it has: {}){}", name, path, fmt::join(columns, ", "),
                      core::did_you_mean(name, columns));
  return static_cast<std::size_t>(found - columns.begin());
}

double DelimitedTable::number(const Row& row, std::size_t column) const {
  const auto value = core::parse_number<double>(row.cells[column]);
  if (!value || !std::isfinite(*value))
    throw FormatError("invalid {}=\"{}\" in {}:{} (must be a finite number)", columns[column],
                      row.cells[column], path, row.line);
  return *value;
}

DelimitedTable read_delimited_table(const std::filesystem::path& path, char separator,
                                    const std::string& why) {
  std::istringstream file(read_text_file(path, why));
  DelimitedTable table{.path = path, .columns = {}, .rows = {}};
  std::string text;
  for (std::size_t number = 1; std::getline(file, text); ++number) {
    const auto line = without_outer_blanks(text);
    if (line.empty() || (table.columns.empty() && line.front() == '#')) continue;
    auto cells = split(line, separator, fmt::format("{}:{}", path, number));
    if (table.columns.empty()) {
      table.columns = std::move(cells);
      continue;
    }
    if (cells.size() != table.columns.size())
      throw FormatError("{} cells in {}:{} (the header has {})", cells.size(), path, number,
                        table.columns.size());
    table.rows.push_back({number, std::move(cells)});
  }
  if (table.columns.empty()) throw FormatError("empty table {} (a header is missing)", path);
  return table;
}

}  // namespace striate::io
