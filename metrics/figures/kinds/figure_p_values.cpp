// SPDX-License-Identifier: BSD-3-Clause
// What p values so few connections would give: violins over random subsets, with the p of the measured ones.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "core/errors/error.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/pair_curves.hpp"
#include "metrics/figures/panels/violin_panel.hpp"

namespace striate::metrics {
namespace {

constexpr double lowest_shown = -12;  // of log10 p
constexpr double usual_level = 0.05;
constexpr std::size_t most_in_a_row = 30;  // names of more would overlap

double log10_of(double p) {
  return std::isnan(p) ? p : std::max(lowest_shown, std::log10(std::max(p, 1e-300)));
}

bool is_there(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

/// The p of measured connections by pair; empty without their table.
std::map<ShownPair, double> measured_p(const FigureRequest& request, const char* stem, const char* source,
                                       const char* target, const char* column, const std::string& command) {
  std::map<ShownPair, double> values;
  const auto file = request.table(stem);
  if (!is_there(file)) return values;
  const auto table = io::read_delimited_table(file, ',', "made by 'striate metrics " + command + " --em'");
  for (const auto& row : table.rows)
    values.emplace(ShownPair{row.cells[table.column(source)], row.cells[table.column(target)]},
                   number_or_nan(table, row, table.column(column)));
  return values;
}

ViolinPanel panel_of(const io::DelimitedTable& table, const char* column,
                     const std::map<ShownPair, double>& measured) {
  std::map<ShownPair, std::vector<double>> values;
  std::vector<ShownPair> order;
  const auto source = table.column("source_type"), target = table.column("target_type");
  for (const auto& row : table.rows) {
    const ShownPair pair{row.cells[source], row.cells[target]};
    if (!values.contains(pair)) order.push_back(pair);
    values[pair].push_back(log10_of(number_or_nan(table, row, table.column(column))));
  }
  ViolinPanel panel{.where = {},
                    .title = "",
                    .y_label = "log10 p",
                    .violins = {},
                    .y_low = lowest_shown - 0.3,
                    .y_high = 0.2,
                    .lines = {std::log10(usual_level)},
                    .name = column};
  double lowest = 2 * std::log10(usual_level);
  for (const auto& pair : order) {
    Violin violin{.label = shown_label(pair.first) + " to " + shown_label(pair.second),
                  .colour = type_colour(pair.first),
                  .values = std::move(values[pair])};
    if (const auto found = measured.find(pair); found != measured.end() && !std::isnan(found->second))
      violin.mark = log10_of(found->second);
    for (const double value : violin.values)
      if (value < lowest) lowest = value;
    lowest = std::min(lowest, violin.mark.value_or(0));
    panel.violins.push_back(std::move(violin));
  }
  panel.y_low = lowest - 0.3;
  return panel;
}

/// Rows of a panel with more violins than fit beside each other: as many in each, on one scale.
std::vector<ViolinPanel> violin_rows(const ViolinPanel& whole) {
  const auto count = whole.violins.size();
  const auto row_count = std::max<std::size_t>(1, (count + most_in_a_row - 1) / most_in_a_row);
  std::vector<ViolinPanel> rows;
  for (std::size_t k = 0; k < row_count; ++k) {
    auto& row = rows.emplace_back(whole);
    row.violins.assign(whole.violins.begin() + static_cast<std::ptrdiff_t>(k * count / row_count),
                       whole.violins.begin() + static_cast<std::ptrdiff_t>((k + 1) * count / row_count));
    if (k > 0) row.title.clear();
    row.name += fmt::format("_{}", k);
  }
  return rows;
}

}  // namespace

Figure p_values_figure(const FigureRequest& request) {
  std::vector<ViolinPanel> panels;
  const auto& option = request.options.front();
  if (const auto file = request.table("correlation_samples"); is_there(file)) {
    const auto table = read_result(request, file, "correlation", option);
    panels.push_back(
        panel_of(table, "p", measured_p(request, "correlation_em", "source", "target", "p", "correlation")));
    panels.back().title = "slope of the weight on the correlation of responses";
  }
  if (const auto file = request.table("preferred_direction_mc"); is_there(file)) {
    const auto table = read_result(request, file, "preferred-direction", option);
    for (const char* column : {"p_a", "p_b"}) {
      panels.push_back(panel_of(table, column,
                                measured_p(request, "preferred_direction_em", "source_type", "target_type",
                                           column, "preferred-direction")));
      panels.back().title = column == std::string("p_a")
                                ? "direction part (a) of the weight on the difference of directions"
                                : "orientation part (b)";
    }
  }
  if (panels.empty())
    throw core::MissingFileError(
        "neither {} nor {} (made by 'striate metrics correlation {} {} --samples' and "
        "'striate metrics preferred-direction {} {} --monte-carlo')",
        request.table("correlation_samples"), request.table("preferred_direction_mc"), request.base.string(),
        option, request.base.string(), option);
  std::vector<ViolinPanel> rows;
  for (const auto& panel : panels) std::ranges::move(violin_rows(panel), std::back_inserter(rows));
  panels = std::move(rows);
  const int height = static_cast<int>(80 + 270 * panels.size());
  const double unit = 1.0 / height;
  Figure figure{.canvas = paper(720, height), .script = "set multiplot\n"};
  for (std::size_t k = 0; k < panels.size(); ++k) {
    panels[k].where = grid_cell({.left = 0.085, .right = 0.985, .bottom = 115 * unit, .top = 1 - 60 * unit},
                                1, panels.size(), k, 0, 115 * unit);
    auto script = violin_panel_script(panels[k]);
    if (k == 0)
      add_before_plot(
          script,
          page_title(
              fmt::format("{}, {}: p of random subsets of the connections", shown_networks(request), option),
              height) +
              page_note("bars: median; diamonds: p of the measured connections; dashed: 0.05; below 1e-12 "
                        "shown as 1e-12",
                        0.5, 1 - 32 * unit));
    figure.script += script;
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
