// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/line_panel.hpp"

namespace striate::metrics {

Figure fano_figure(const FigureRequest& request) {
  LinePanel panel{.where = {.left = 0.16, .right = 0.95, .bottom = 0.17, .top = 0.82},
                  .title = "",
                  .x_label = "width of the bins (ms)",
                  .y_label = "variance / mean of counts",
                  .curves = {},
                  .y_low = 0,
                  .log_x = true,
                  .extra = page_title(
                      fmt::format("{}: population Fano factor (mean, SEM)", network_name(request.base)), 300),
                  .legend_left = 0.18,
                  .legend_top = 0.92,
                  .name = "fano"};
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    const auto table = read_result(request, request.table("fano", k), "fano", request.options[k]);
    Curve curve{.label = request.options[k], .colour = dataset_colour(k), .points = true};
    for (const auto& row : table.rows) {
      curve.x.push_back(table.number(row, table.column("bin_width(ms)")));
      curve.y.push_back(number_or_nan(table, row, table.column("fano")));
      curve.error.push_back(number_or_nan(table, row, table.column("sem")));
    }
    panel.curves.push_back(std::move(curve));
  }
  return {.canvas = paper(360, 300), .script = line_panel_script(panel)};
}

}  // namespace striate::metrics
