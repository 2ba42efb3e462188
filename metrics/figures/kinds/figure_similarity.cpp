// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>

#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

struct ShownMetric {
  const char *name, *label;
};
constexpr std::array shown_metrics{
    ShownMetric{"spontaneous_rate", "spontaneous rate"}, ShownMetric{"average_rate", "average rate"},
    ShownMetric{"preferred_rate", "preferred rate"}, ShownMetric{"OSI", "OSI"}, ShownMetric{"DSI", "DSI"}};

}  // namespace

Figure similarity_figure(const FigureRequest& request) {
  BoxPanel panel{.where = {.left = 0.085, .right = 0.985, .bottom = 0.16, .top = 0.8},
                 .title = "",
                 .y_label = "similarity (1 - KS)",
                 .categories = {},
                 .series = {},
                 .y_low = 0,
                 .y_high = 1,
                 .category_labels = false,
                 .name = "similarity"};
  for (const auto& metric : shown_metrics) panel.categories.emplace_back(metric.label);
  std::vector<LegendEntry> legend;
  std::string medians;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    const auto table = read_result(request, request.table("similarity", k), "similarity", request.options[k]);
    const auto metric = table.column("metric"), value = table.column("similarity");
    std::map<std::string, std::vector<double>> values;
    for (const auto& row : table.rows)
      if (const double similarity = number_or_nan(table, row, value); !std::isnan(similarity))
        values[row.cells[metric]].push_back(similarity);
    BoxSeries series{.label = request.options[k], .colour = dataset_colour(k), .values = {}};
    medians += fmt::format("{}{}", medians.empty() ? "medians: " : "; ", request.options[k]);
    for (const auto& shown : shown_metrics) {
      series.values.push_back(values[shown.name]);
      medians += fmt::format(" {:.2f}", median(values[shown.name]));
    }
    panel.series.push_back(std::move(series));
    legend.push_back({request.options[k], dataset_colour(k)});
  }
  constexpr int height = 320;
  auto script = box_panel_script(panel);
  std::string labels;  // few and long: level, unlike those of cell types
  for (std::size_t k = 0; k < panel.categories.size(); ++k)
    labels += fmt::format("set label {} at first {}, graph -0.07 center font ',8'\n",
                          gnuplot_text(panel.categories[k]), k);
  add_before_plot(
      script,
      page_title(fmt::format("{}: similarity of the cell types to recordings", shown_networks(request)),
                 height) +
          labels + legend_row(legend, 0.085, 0.875, 0.16) + page_note(medians, 0.5, 0.03));
  return {.canvas = paper(720, height), .script = script};
}

}  // namespace striate::metrics
