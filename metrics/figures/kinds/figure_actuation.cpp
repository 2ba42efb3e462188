// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"

namespace striate::metrics {

Figure actuation_figure(const FigureRequest& request) {
  const auto table = io::read_delimited_table(
      request.tables / "actuation_matrix.csv", ' ',
      fmt::format("currents between cell types, made by 'striate adjust {} --tables-only'",
                  request.base.string()));
  constexpr int width = 720, height = 720;
  constexpr double largest_pA = 100;  // of the colours, as in the reference's picture
  MatrixPanel panel{.where = {.left = 0.09, .right = 0.88, .bottom = 0.1, .top = 0.935},
                    .title = "",
                    .colour_label = "mean current (pA)",
                    .rows = {},
                    .columns = {table.columns.begin() + 1, table.columns.end()},
                    .values = {},
                    .low = -largest_pA,
                    .high = largest_pA,
                    .colours = Palette::diverging,
                    .number_format = "{:.1f}",
                    .number_size = 5,
                    .column_turn = Turn::upright,
                    .x_label = "target",
                    .y_label = "source",
                    .name = "actuation"};
  for (const auto& row : table.rows) {
    panel.rows.push_back(row.cells[0]);
    for (std::size_t column = 1; column < table.columns.size(); ++column)
      panel.values.push_back(number_or_nan(table, row, column));
  }
  auto script = matrix_panel_script(panel);
  add_before_plot(script, page_title(fmt::format("{}: mean currents into core cells, all firing as recorded",
                                                 network_name(request.base)),
                                     height));
  return {.canvas = paper(width, height), .script = "set multiplot\n" + script + "unset multiplot\n"};
}

}  // namespace striate::metrics
