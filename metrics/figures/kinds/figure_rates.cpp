// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/errors/error.hpp"
#include "metrics/analyses/tuning/rate_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"

namespace striate::metrics {
namespace {

/// Rates of the core cells of a network by type.
void add_rates(std::map<std::string, std::vector<double>>& values, const io::DelimitedTable& table) {
  const auto type = table.column("cell_type"), core = table.column("core"), rate = table.column("rate(Hz)");
  for (const auto& row : table.rows)
    if (table.number(row, core) != 0) values[row.cells[type]].push_back(number_or_nan(table, row, rate));
}

}  // namespace

Figure rates_figure(const FigureRequest& request) {
  std::vector<std::map<std::string, std::vector<double>>> options;
  std::vector<std::string> types;
  for (const auto& option : request.options) {
    auto& values = options.emplace_back();
    MadeAlike alike;
    for (const auto& network : request.each_network())
      add_rates(values,
                read_network_table(request, network, {rates_files.items[0], "rates", option, ' '}, alike));
    for (const auto& [type, rates] : values)
      if (std::ranges::find(types, type) == types.end()) types.push_back(type);
  }
  if (types.empty())
    throw core::UsageError("nothing to draw of {}, {} (no cell of the table is in the core)", request.base,
                           request.options.front());
  sort_types(types);
  BoxPanel panel{.where = {.left = 0.085, .right = 0.985, .bottom = 0.26, .top = 0.8},
                 .title = "",
                 .y_label = "rate (Hz)",
                 .categories = types,
                 .series = {},
                 .name = "rates"};
  std::vector<LegendEntry> legend;
  for (std::size_t k = 0; k < options.size(); ++k) {
    BoxSeries series{.label = request.options[k], .colour = dataset_colour(k), .values = {}};
    for (const auto& type : types) series.values.push_back(options[k][type]);
    panel.series.push_back(std::move(series));
    legend.push_back({request.options[k], dataset_colour(k)});
  }
  constexpr int height = 320;
  auto script = box_panel_script(panel);
  add_before_plot(script,
                  page_title(fmt::format("{}: mean rates of core cells", shown_networks(request)), height) +
                      legend_row(legend, 0.085, 0.875, 0.16));
  return {.canvas = paper(720, height), .script = script};
}

}  // namespace striate::metrics
