// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"

namespace striate::metrics {
namespace {

constexpr double widest_scale = 80;  // percent, as in the paper

std::string metric_title(const std::string& metric) {
  if (metric == "Ave_Rate(Hz)") return "mean rate";
  return metric == "dg_sparsity" ? "sparsity" : metric;
}

struct Changes {
  std::vector<std::string> types, metrics;
  std::map<std::string, std::vector<double>> values;  ///< [metric][type * options + option]
};

Changes read_changes(const FigureRequest& request) {
  std::map<std::string, std::map<std::pair<std::string, std::size_t>, double>> found;
  std::set<std::string> types;
  Changes changes;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    const auto table =
        read_result(request, request.table("suppression_mean", k), "suppression", request.options[k]);
    const auto type = table.column("cell_type"), metric = table.column("metric"),
               value = table.column("percent_change");
    for (const auto& row : table.rows) {
      const double change = number_or_nan(table, row, value);
      const auto& name = row.cells[metric];
      if (std::ranges::find(changes.metrics, name) == changes.metrics.end()) changes.metrics.push_back(name);
      if (change == change) types.insert(row.cells[type]);  // types without any value are left out
      found[name][{row.cells[type], k}] = change;
    }
  }
  if (types.empty())
    throw core::UsageError("nothing to draw in {} (no percent change is a number)",
                           request.table("suppression_mean"));
  changes.types = sorted_types(types);
  for (const auto& metric : changes.metrics)
    for (const auto& type : changes.types)
      for (std::size_t k = 0; k < request.options.size(); ++k) {
        const auto at = found[metric].find({type, k});
        changes.values[metric].push_back(at == found[metric].end() ? std::numeric_limits<double>::quiet_NaN()
                                                                   : at->second);
      }
  return changes;
}

}  // namespace

Figure suppression_figure(const FigureRequest& request) {
  const auto changes = read_changes(request);
  double limit = 0;
  for (const auto& [metric, values] : changes.values) limit = std::max(limit, largest_magnitude(values));
  limit = std::min(limit > 0 ? limit : 1, widest_scale);
  // Names of experiments are long: they stand upright, and the page is as high as they need.
  constexpr int width = 720, top = 50, row_height = 16, least_height = 150;
  const double below = category_space('x', request.options, Turn::upright) + 10,
               beside = category_space('y', changes.types) + 12;
  const int height = static_cast<int>(top + below) +
                     std::max(least_height, row_height * static_cast<int>(changes.types.size()));
  Figure figure{.canvas = paper(width, height), .script = "set multiplot\n"};
  for (std::size_t m = 0; m < changes.metrics.size(); ++m) {
    const bool last = m + 1 == changes.metrics.size();
    const auto cell = grid_cell({.left = beside / width,
                                 .right = 0.9,
                                 .bottom = below / height,
                                 .top = 1 - static_cast<double>(top) / height},
                                changes.metrics.size(), 1, m, 0.03, 0);
    const MatrixPanel panel{
        .where = cell,
        .title = metric_title(changes.metrics[m]),
        .colour_label = last ? fmt::format("change (%), colours up to {:.0f}", limit) : "",
        .rows = changes.types,
        .columns = request.options,
        .values = changes.values.at(changes.metrics[m]),
        .low = -limit,
        .high = limit,
        .colours = Palette::diverging,
        .number_format = request.options.size() <= 4 ? "{:.0f}" : "",
        .row_labels = m == 0,
        .column_turn = Turn::upright,
        .name = fmt::format("change{}", m)};
    auto script = matrix_panel_script(panel);
    if (m == 0)
      add_before_plot(script, page_title(fmt::format("{}: change in the cells not silenced (percent)",
                                                     shown_networks(request)),
                                         figure.canvas.height));
    figure.script += script;
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
