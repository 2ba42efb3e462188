// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/pair_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>

#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {

io::DelimitedTable take_class_rows(io::DelimitedTable& table) {
  io::DelimitedTable classes{.path = table.path, .columns = table.columns, .rows = {}};
  const auto source = table.column("source_type");
  const auto is_class = [&](const auto& row) { return row.cells[source] == "E" || row.cells[source] == "I"; };
  std::ranges::copy_if(table.rows, std::back_inserter(classes.rows), is_class);
  std::erase_if(table.rows, is_class);
  return classes;
}

std::string class_text(const io::DelimitedTable& classes, const std::string& column, int digits) {
  std::string text;
  const auto source = classes.column("source_type"), target = classes.column("target_type"),
             value = classes.column(column);
  for (const auto& row : classes.rows)
    if (const double number = number_or_nan(classes, row, value); !std::isnan(number))
      text += fmt::format("{} {} to {} {:.{}g}", text.empty() ? "all cells:" : ",", row.cells[source],
                          row.cells[target], number, digits);
  return text;
}

std::vector<std::string> paired_types(const io::DelimitedTable& table) {
  std::set<std::string> names;
  for (const auto& row : table.rows)
    for (const char* end : {"source_type", "target_type"}) names.insert(row.cells[table.column(end)]);
  return sorted_types(names);
}

std::vector<double> pair_matrix(const io::DelimitedTable& table, const std::vector<std::string>& types,
                                const std::string& column) {
  std::vector<double> values(types.size() * types.size(), std::numeric_limits<double>::quiet_NaN());
  const auto source = table.column("source_type"), target = table.column("target_type"),
             value = table.column(column);
  const auto index = [&](const std::string& type) {
    return static_cast<std::size_t>(std::ranges::find(types, type) - types.begin());
  };
  for (const auto& row : table.rows)
    values[index(row.cells[source]) * types.size() + index(row.cells[target])] =
        number_or_nan(table, row, value);
  return values;
}

double usual_magnitude(std::span<const double> values) {
  std::vector<double> magnitudes;
  for (const double value : values)
    if (std::isfinite(value)) magnitudes.push_back(std::abs(value));
  const double usual = magnitudes.empty() ? 0 : quantile(magnitudes, 0.95);
  return usual > 0 ? usual : 1;
}

Figure pair_figure(const std::string& title, const std::vector<std::string>& types,
                   const std::vector<PairMap>& maps, const std::string& name) {
  const std::size_t rows = (maps.size() + 1) / 2;
  const int height = static_cast<int>(50 + 330 * rows);
  Figure figure{.canvas = paper(720, height), .script = "set multiplot\n"};
  const double unit = 1.0 / height;
  for (std::size_t k = 0; k < maps.size(); ++k) {
    const auto cell = grid_cell({.left = 0.105, .right = 0.895, .bottom = 85 * unit, .top = 1 - 62 * unit}, 2,
                                rows, k, 0.2, 95 * unit);
    const MatrixPanel panel{.where = cell,
                            .title = maps[k].title,
                            .colour_label = maps[k].colour_label,
                            .rows = types,
                            .columns = types,
                            .values = maps[k].values,
                            .low = maps[k].low,
                            .high = maps[k].high,
                            .colours = maps[k].colours,
                            .number_format = "",
                            .column_turn = Turn::upright,
                            .name = fmt::format("{}{}", name, k)};
    auto script = matrix_panel_script(panel);
    std::string page;
    if (!maps[k].note.empty())
      page += page_note(maps[k].note, (cell.left + cell.right) / 2, cell.bottom - 58 * unit);
    if (k == 0)
      page +=
          page_title(title, height) + page_text("rows: source, columns: target; a stroke: no value", 0.5,
                                                1 - 34 * unit, fmt::format("center font ',{}'", label_font));
    add_before_plot(script, page);
    figure.script += script;
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
