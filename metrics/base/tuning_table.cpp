// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/tuning_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"

namespace striate::metrics {
namespace {

using core::nan;

}  // namespace

std::uint32_t cell_of(const io::DelimitedTable& table, const io::DelimitedTable::Row& row,
                      std::size_t id_column, const Cells& cells) {
  const double id = table.number(row, id_column);
  if (!(id >= 0) || id != std::floor(id) || id > 9e15)
    throw core::FormatError("invalid node_id={} in {}:{} (must be a node id)", id, table.path, row.line);
  return cells.require_row(static_cast<std::uint64_t>(id),
                           [&] { return fmt::format("{}:{}", table.path, row.line); });
}

double number_or_nan(const io::DelimitedTable& table, const io::DelimitedTable::Row& row,
                     std::size_t column) {
  const auto& text = row.cells[column];
  if (text.empty()) return nan;
  const auto value = core::parse_number<double>(text);
  if (!value || std::isinf(*value))
    throw core::FormatError("invalid {}=\"{}\" in {}:{} (must be a number or NaN)", table.columns[column],
                            text, table.path, row.line);
  return *value;
}

std::vector<std::uint32_t> cells_of_rows(const io::DelimitedTable& table, const Cells& cells) {
  const auto id_column = table.column("node_id");
  std::vector<std::uint32_t> rows;
  std::vector<char> seen(cells.size(), 0);
  for (const auto& row : table.rows) {
    const auto cell = cell_of(table, row, id_column, cells);
    if (seen[cell] != 0)
      throw core::FormatError("node_id={} twice in {}:{}", cells.node_id[cell], table.path, row.line);
    seen[cell] = 1;
    rows.push_back(cell);
  }
  return rows;
}

TuningColumns read_tuning(const std::filesystem::path& file, const Cells& cells) {
  const auto table = io::read_delimited_table(file, ' ', "tuning of cells; run 'striate metrics odsi' first");
  TuningColumns tuning;
  struct Wanted {
    const char* name;
    std::vector<double>* values;
  };
  const Wanted wanted[] = {{"DSI", &tuning.dsi},
                           {"OSI", &tuning.osi},
                           {"pref_dir_deg", &tuning.preferred_direction},
                           {"max_mean_rate(Hz)", &tuning.max_rate},
                           {"Ave_Rate(Hz)", &tuning.mean_rate},
                           {"Spont_Rate(Hz)", &tuning.spontaneous_rate}};
  const auto rows = cells_of_rows(table, cells);
  for (const Wanted& column : wanted) {
    column.values->assign(cells.size(), nan);
    const bool optional = column.values == &tuning.preferred_direction;
    if (optional && std::ranges::find(table.columns, column.name) == table.columns.end()) continue;
    const std::size_t index = table.column(column.name);
    for (std::size_t i = 0; i < rows.size(); ++i)
      (*column.values)[rows[i]] = number_or_nan(table, table.rows[i], index);
  }
  return tuning;
}

}  // namespace striate::metrics
