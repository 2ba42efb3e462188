// SPDX-License-Identifier: BSD-3-Clause
// The model beside connections measured by electron microscopy: relative weights of some pairs, and the
// numbers of all pairs with those of as many of the model's connections.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "core/errors/error.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/pair_curves.hpp"
#include "metrics/figures/panels/box_panel.hpp"

namespace striate::metrics {
namespace {

constexpr const char *em_colour = "#303030", *model_colour = "#d42a2a";
constexpr std::size_t shown_pairs = 3;

struct Half {
  const char *kind, *measure, *x_label, *axis;
  std::vector<ShownPair> usual;
};

const std::vector<Half>& halves() {
  static const std::vector<Half> all{
      {"direction",
       "direction_a",
       "difference of directions (deg)",
       "a / c",
       {{"E", "E"}, {"L2/3_Exc", "L5_Exc"}, {"L5_Exc", "L5_Exc"}, {"L2/3_Exc", "L2/3_Exc"}}},
      {"correlation",
       "correlation",
       "correlation of responses",
       "slope / mean weight",
       {{"E", "E"},
        {"L4_Exc", "L4_Exc"},
        {"L4_Exc", "L5_Exc"},
        {"L4_Exc", "L5_IT"},
        {"L2/3_Exc", "L2/3_Exc"}}}};
  return all;
}

using CurvesByData = std::map<ShownPair, std::map<std::string, Curve>>;

CurvesByData read_curves(const io::DelimitedTable& table, const std::string& kind) {
  CurvesByData curves;
  const auto measure = table.column("measure"), data = table.column("data"), source = table.column("source"),
             target = table.column("target"), from = table.column("from"), to = table.column("to"),
             weight = table.column("relative_weight"), sem = table.column("sem");
  for (const auto& row : table.rows) {
    if (row.cells[measure] != kind) continue;
    auto& curve = curves[{row.cells[source], row.cells[target]}][row.cells[data]];
    curve.x.push_back((table.number(row, from) + table.number(row, to)) / 2);
    curve.y.push_back(number_or_nan(table, row, weight));
    curve.error.push_back(number_or_nan(table, row, sem));
  }
  return curves;
}

/// The measured fits over the mean weight, by pair; of all together the raw one.
std::map<ShownPair, Curve> read_fits(const io::DelimitedTable& table, const std::string& kind, double low,
                                     double high) {
  std::map<ShownPair, Curve> fits;
  for (const auto& row : table.rows) {
    if (row.cells[table.column("pooling")] == "matched") continue;
    const auto number = [&](const char* column) { return number_or_nan(table, row, table.column(column)); };
    const double mean = number("mean_weight");
    const auto value = [&](double x) {
      if (kind == "correlation") return (number("intercept") + number("slope") * x) / mean;
      const double d = x * std::numbers::pi / 180;
      return (number("a") * std::cos(d) + number("b") * std::cos(2 * d) + number("c")) / mean;
    };
    auto curve = sampled(low, high, value);
    curve.colour = em_colour;
    curve.dash = 2;
    fits.emplace(ShownPair{row.cells[table.column("source")], row.cells[table.column("target")]},
                 std::move(curve));
  }
  return fits;
}

std::string curve_panels(const FigureRequest& request, const Half& half, const io::DelimitedTable& table,
                         const Rectangle& page, const std::string& texts) {
  const auto curves = read_curves(table, half.kind);
  const double low = std::string(half.kind) == "direction" ? 0 : -0.2,
               high = std::string(half.kind) == "direction" ? 180 : 0.5;
  const auto fits = read_fits(read_result(request, request.table(fmt::format("em_{}_fits", half.kind)), "em",
                                          request.options.front()),
                              half.kind, low, high);
  std::vector<ShownPair> pairs;
  for (const auto& pair : half.usual)
    if (curves.contains(pair) && pairs.size() < shown_pairs) pairs.push_back(pair);
  std::string script;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    LinePanel panel{.where = grid_cell(page, shown_pairs, 1, i, 0.07, 0),
                    .title = shown_label(pairs[i].first) + " to " + shown_label(pairs[i].second),
                    .x_label = half.x_label,
                    .y_label = i == 0 ? "relative weight" : "",
                    .curves = {},
                    .x_low = low,
                    .x_high = high,
                    .extra = (low == 0 ? "set xtics 0,60,180\n" : "") + (i == 0 ? texts : std::string()),
                    .name = fmt::format("em_{}{}", half.kind, i)};
    for (const auto& [data, of_data] : curves.at(pairs[i])) {
      auto curve = of_data;
      curve.colour = data == "em" ? em_colour : model_colour;
      curve.points = true;
      panel.curves.push_back(std::move(curve));
    }
    if (const auto found = fits.find(pairs[i]); found != fits.end()) panel.curves.push_back(found->second);
    script += line_panel_script(panel);
  }
  return script;
}

/// Intervals of draws and of the measured value, by pair.
std::string interval_panel(const Half& half, const io::DelimitedTable& table, const Rectangle& where) {
  BoxPanel panel{.where = where,
                 .title = "",
                 .y_label = half.axis,
                 .categories = {},
                 .series = {{.label = "em", .colour = "#909090"}, {.label = "model", .colour = model_colour}},
                 .name = fmt::format("em_boxes_{}", half.kind)};
  double low = 0, high = 0;
  const auto box = [&](double from, double middle, double to) -> std::optional<BoxStatistics> {
    if (std::isnan(from) || std::isnan(to)) return std::nullopt;
    low = std::min(low, from);
    high = std::max(high, to);
    return BoxStatistics{
        .low = from, .first = from, .median = middle, .third = to, .high = to, .count = 1000};
  };
  for (const auto& row : table.rows) {
    if (row.cells[table.column("measure")] != half.measure) continue;
    const auto number = [&](const char* column) { return number_or_nan(table, row, table.column(column)); };
    if (std::isnan(number("em_low"))) continue;
    const auto& pooling = row.cells[table.column("pooling")];
    panel.categories.push_back(pooling == "pair" ? shown_label(row.cells[table.column("source")]) + " to " +
                                                       shown_label(row.cells[table.column("target")])
                                                 : "E to E, " + pooling);
    panel.series[0].boxes.push_back(box(number("em_low"), number("em_value"), number("em_high")));
    panel.series[1].boxes.push_back(
        box(number("sample_low"), number("sample_median"), number("sample_high")));
  }
  const double margin = high > low ? 0.05 * (high - low) : 1;
  panel.y_low = low - margin;
  panel.y_high = high + margin;
  return box_panel_script(panel);
}

}  // namespace

Figure em_figure(const FigureRequest& request) {
  const auto& option = request.options.front();
  const auto comparison = read_result(request, request.table("em_comparison"), "em", option),
             curves = read_result(request, request.table("em_curves"), "em", option);
  std::vector<Half> shown;
  for (const auto& half : halves())
    if (std::ranges::any_of(comparison.rows, [&](const auto& row) {
          return row.cells[comparison.column("measure")] == half.measure;
        }))
      shown.push_back(half);
  if (shown.empty()) throw core::UsageError("nothing to draw in {} (no measure is known)", comparison.path);
  constexpr int of_half = 460;
  const int height = 70 + of_half * static_cast<int>(shown.size());
  const double unit = 1.0 / height;
  Figure figure{.canvas = paper(720, height), .script = "set multiplot\n"};
  for (std::size_t k = 0; k < shown.size(); ++k) {
    const double top = 1 - (62 + of_half * static_cast<double>(k)) * unit;
    const auto texts =
        k > 0
            ? std::string()
            : page_title(fmt::format("{}, {}: weight against function, beside electron microscopy",
                                     shown_networks(request), option),
                         height) +
                  legend_row({{"model", model_colour}, {"measured (dashed: fit)", em_colour}}, 0.09,
                             1 - 36 * unit, 0.12) +
                  page_note(
                      "boxes: 95 % interval of the measured value and of as many of the model's connections, "
                      "with value and median",
                      0.5, 8 * unit);
    figure.script += curve_panels(
        request, shown[k], curves,
        {.left = 0.085, .right = 0.985, .bottom = top - 150 * unit, .top = top - 12 * unit}, texts);
    figure.script +=
        interval_panel(shown[k], comparison,
                       {.left = 0.085, .right = 0.985, .bottom = top - 350 * unit, .top = top - 205 * unit});
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
