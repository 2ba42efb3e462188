// SPDX-License-Identifier: BSD-3-Clause
// The reference model's modfile: "blank separated" rows that scale or shift the weights between classes of
// cells.
#include <string_view>

#include "core/error.hpp"
#include "engine/delimited_table.hpp"
#include "engine/weights.hpp"

namespace striate::engine {

std::vector<ModfileRow> read_modfile(const std::filesystem::path& path) {
  const auto table = read_delimited_table(path, ' ', "modfile");
  const auto source_property = table.column("src_property");
  const auto source_substring = table.column("src_substring");
  const auto target_property = table.column("trg_property");
  const auto target_substring = table.column("trg_substring");
  const auto operation = table.column("operation");
  const auto value = table.column("value");
  std::vector<ModfileRow> rows;
  for (const auto& row : table.rows) {
    const auto& sign = row.cells[operation];
    if (sign.size() != 1 || std::string_view("*+-/").find(sign) == std::string_view::npos)
      throw core::FormatError("unknown operation \"{}\" in {}:{} (must be one of * + - /)", sign, path,
                              row.line);
    rows.push_back({row.cells[source_property], row.cells[source_substring], row.cells[target_property],
                    row.cells[target_substring], sign[0], table.number(row, value)});
    if (sign == "/" && rows.back().value == 0.0)
      throw core::FormatError("division by zero in {}:{} (weights would become infinite)", path, row.line);
  }
  return rows;
}

}  // namespace striate::engine
