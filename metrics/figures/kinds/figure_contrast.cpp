// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <array>
#include <map>

#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/line_panel.hpp"

namespace striate::metrics {
namespace {

struct ShownMetric {
  const char* column;
  const char* axis;
  std::optional<double> low;
  std::optional<double> high;
};
constexpr std::array shown_metrics{
    ShownMetric{"rate(Hz)", "mean rate (Hz)", 0.0, std::nullopt}, ShownMetric{"osi", "mean OSI", 0.0, 1.0},
    ShownMetric{"sparsity", "sparsity over directions", 0.0, 1.0},
    ShownMetric{"reliability", "reliability (r of halves)", std::nullopt, 1.0}};

}  // namespace

Figure contrast_figure(const FigureRequest& request) {
  const auto table =
      read_result(request, request.table("contrast_by_type"), "contrast", request.options.front());
  const auto type_column = table.column("cell_type"), contrast_column = table.column("contrast");
  std::map<std::string, std::vector<const io::DelimitedTable::Row*>> rows;
  for (const auto& row : table.rows) rows[row.cells[type_column]].push_back(&row);

  Figure figure{.canvas = paper(720, 780), .script = "set multiplot\n"};
  const auto& groups = layer_groups();
  const Rectangle page{.left = 0.085, .right = 0.985, .bottom = 0.055, .top = 0.845};
  for (std::size_t m = 0; m < shown_metrics.size(); ++m)
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto& metric = shown_metrics[m];
      LinePanel panel{
          .where = grid_cell(page, groups.size(), shown_metrics.size(), m * groups.size() + g, 0.05, 0.045),
          .title = "",
          .x_label = m + 1 == shown_metrics.size() ? "contrast" : "",
          .y_label = g == 0 ? metric.axis : "",
          .curves = {},
          .x_low = 0,
          .x_high = 0.85,
          .y_low = metric.low,
          .y_high = metric.high,
          .extra = "set xtics 0,0.2,0.8\n",
          .name = fmt::format("c{}_{}", m, g)};
      for (const auto& type : groups[g].types) {
        if (!rows.contains(type)) continue;
        Curve curve{.label = shown_label(type), .colour = type_colour(type), .points = true};
        for (const auto* row : rows[type]) {
          curve.x.push_back(table.number(*row, contrast_column));
          curve.y.push_back(number_or_nan(table, *row, table.column(metric.column)));
        }
        panel.curves.push_back(std::move(curve));
      }
      if (m == 0) {
        panel.legend_left = panel.where.left + 0.01;
        panel.legend_top = 0.93;
        panel.extra +=
            page_text(groups[g].title, (panel.where.left + panel.where.right) / 2, 0.94, "center font ',9'");
        if (g == 0)
          panel.extra +=
              page_title(fmt::format("{}, {}: responses of core cells to gratings against contrast",
                                     network_name(request.base), request.options.front()),
                         figure.canvas.height);
      }
      figure.script += line_panel_script(panel);
    }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
