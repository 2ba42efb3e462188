// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/panels/line_panel.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"
#include "metrics/figures/panels/pair_matrix.hpp"
#include "metrics/figures/structure/structure_figures.hpp"

namespace striate::metrics {
namespace {

using Pair = std::pair<std::string, std::string>;
constexpr std::size_t curve_columns = 3, most_curves = 6;
constexpr double page_units = 860;
constexpr double greatest_ratio = 4;  // of connections both ways over expected ones, in the colours

/// Pairs with a panel, those of them that the table has: of each kind of source and target some.
const Pair usual_pairs[] = {{"L2/3_Exc", "L2/3_Exc"}, {"L4_Exc", "L4_Exc"},    {"L5_IT", "L5_IT"},
                            {"L4_Exc", "L4_PV"},      {"L4_PV", "L4_Exc"},     {"L2/3_PV", "L2/3_PV"},
                            {"L2/3_Exc", "L5_ET"},    {"L2/3_Exc", "L2/3_SST"}};

double value(const io::DelimitedTable& table, const io::DelimitedTable::Row& row, const char* column) {
  return number_or_nan(table, row, table.column(column));
}

std::vector<std::string> types_in(const io::DelimitedTable& fits) {
  std::set<std::string> names;
  for (const auto& row : fits.rows) names.insert(row.cells[fits.column("source")]);
  return sorted_types(names);
}

/// [row type * types + column type] of a column; also the other way round where the table has a pair once.
std::vector<double> matrix_of(const io::DelimitedTable& table, const std::vector<std::string>& types,
                              const char* first, const char* second, const char* column, bool symmetric) {
  std::vector<double> values(types.size() * types.size(), core::nan);
  const auto index = [&](const std::string& type) {
    return static_cast<std::size_t>(std::ranges::find(types, type) - types.begin());
  };
  for (const auto& row : table.rows) {
    const auto i = index(row.cells[table.column(first)]), j = index(row.cells[table.column(second)]);
    if (i >= types.size() || j >= types.size()) continue;
    values[i * types.size() + j] = value(table, row, column);
    if (symmetric) values[j * types.size() + i] = value(table, row, column);
  }
  return values;
}

std::string matrices(const std::vector<std::string>& types, const io::DelimitedTable& fits,
                     const io::DelimitedTable& reciprocity, const std::string& texts) {
  const auto peaks = matrix_of(fits, types, "source", "target", "p0", false),
             ratios = matrix_of(reciprocity, types, "type", "other_type", "both_over_expected", true);
  const Rectangle page{.left = 0.105, .right = 0.895, .bottom = 0.585, .top = 0.925};
  MatrixPanel panels[] = {{.where = grid_cell(page, 2, 1, 0, 0.2, 0),
                           .title = "peak of the fitted probability",
                           .colour_label = "p0",
                           .rows = types,
                           .columns = types,
                           .values = peaks,
                           .low = 0,
                           .high = usual_magnitude(peaks),
                           .column_turn = Turn::upright,
                           .name = "peaks"},
                          {.where = grid_cell(page, 2, 1, 1, 0.2, 0),
                           .title = "pairs connected both ways",
                           .colour_label = "found over expected, log2",
                           .rows = types,
                           .columns = types,
                           .values = ratios,
                           .low = -std::log2(greatest_ratio),
                           .high = std::log2(greatest_ratio),
                           .colours = Palette::diverging,
                           .column_turn = Turn::upright,
                           .name = "ratios"}};
  for (double& ratio : panels[1].values) ratio = ratio > 0 ? std::log2(ratio) : core::nan;
  auto script = matrix_panel_script(panels[0]);
  add_before_plot(script, texts);
  return script + matrix_panel_script(panels[1]);
}

/// Probability of each bin with its interval, and the fit.
LinePanel curve_panel(const Pair& pair, const io::DelimitedTable& bins, const io::DelimitedTable& fits) {
  LinePanel panel{.where = {},
                  .title = shown_label(pair.first) + " to " + shown_label(pair.second),
                  .x_label = "lateral distance (um)",
                  .y_label = "probability",
                  .x_low = 0,
                  .y_low = 0};
  const auto colour = type_colour(pair.first);
  const auto is_pair = [&](const io::DelimitedTable& table, const io::DelimitedTable::Row& row) {
    return row.cells[table.column("source")] == pair.first &&
           row.cells[table.column("target")] == pair.second;
  };
  Curve found{.label = "", .colour = colour, .points = true, .dots = false};
  double farthest = 0, pairs = 0, sizes = 0;
  for (const auto& row : bins.rows) {
    if (!is_pair(bins, row) || !(value(bins, row, "pairs") > 0)) continue;
    farthest = value(bins, row, "to_um");
    pairs += value(bins, row, "pairs");
    sizes += value(bins, row, "pairs") * value(bins, row, "relative_size");
    const double middle = (value(bins, row, "from_um") + farthest) / 2;
    found.x.push_back(middle);
    found.y.push_back(value(bins, row, "probability"));
    panel.curves.push_back({.label = "",
                            .colour = colour,
                            .x = {middle, middle},
                            .y = {value(bins, row, "low"), value(bins, row, "high")}});
  }
  panel.curves.push_back(std::move(found));
  for (const auto& row : fits.rows) {
    const double p0 = value(fits, row, "p0"), sigma = value(fits, row, "sigma_um");
    if (!is_pair(fits, row) || std::isnan(p0) || std::isnan(sigma)) continue;
    // p0 is that of targets of the usual size, the bins have those that there are.
    const double peak = p0 * sizes / pairs;
    auto fit = sampled(0, farthest, [&](double r) { return peak * std::exp(-r * r / (2 * sigma * sigma)); });
    fit.dash = 2;
    panel.curves.push_back(std::move(fit));
    panel.extra = fmt::format("set label 'p0 {:.3g}, sigma {:.0f} um' at graph 0.98,0.93 right font ',{}'\n",
                              p0, sigma, small_font);
  }
  return panel;
}

}  // namespace

Figure connectivity_figure(const FigureRequest& request) {
  const auto& option = request.options.front();
  const auto read = [&](const char* stem) {
    return read_result(request, request.table(stem), "connectivity", option);
  };
  const auto bins = read("connection_bins"), fits = read("connection_fits"),
             reciprocity = read("connection_reciprocity");
  const auto types = types_in(fits);
  if (types.empty()) throw core::UsageError("nothing to draw in {} (it has no rows)", fits.path);
  Figure figure{.canvas = paper(720, static_cast<int>(page_units)), .script = "set multiplot\n"};
  figure.script +=
      matrices(types, fits, reciprocity,
               page_title(fmt::format("{}, {}: connections of core cells", shown_networks(request), option),
                          static_cast<int>(page_units)) +
                   page_text("rows: source, columns: target; a stroke: no value", 0.5, 1 - 34 / page_units,
                             fmt::format("center font ',{}'", label_font)) +
                   page_note("bars: 95 % interval of the probability of a bin; dashed: fit to bins of 1 um",
                             0.5, 10 / page_units));
  std::vector<LinePanel> panels;
  for (const auto& pair : usual_pairs)
    if (panels.size() < most_curves && std::ranges::find(types, pair.first) != types.end() &&
        std::ranges::find(types, pair.second) != types.end())
      panels.push_back(curve_panel(pair, bins, fits));
  const Rectangle page{.left = 0.1, .right = 0.98, .bottom = 0.075, .top = 0.45};
  for (std::size_t i = 0; i < panels.size(); ++i) {
    panels[i].where = grid_cell(page, curve_columns, 2, i, 0.075, 0.105);
    panels[i].name = fmt::format("curve{}", i);
    if (i % curve_columns != 0) panels[i].y_label = "";
    figure.script += line_panel_script(panels[i]);
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
