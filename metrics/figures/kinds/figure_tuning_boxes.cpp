// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <array>
#include <map>
#include <set>

#include "core/values/nan.hpp"
#include "metrics/analyses/tuning/similarity.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"

namespace striate::metrics {
namespace {

using core::nan;

struct BoxedMetric {
  const char* name;
  const char* title;
  const char* axis;
  bool fraction;
};
constexpr std::array boxed_metrics{
    BoxedMetric{"spontaneous_rate", "Spontaneous rate", "rate (Hz)", false},
    BoxedMetric{"average_rate", "Rate averaged over directions", "rate (Hz)", false},
    BoxedMetric{"preferred_rate", "Rate at the preferred direction", "rate (Hz)", false},
    BoxedMetric{"OSI", "Orientation selectivity", "OSI", true},
    BoxedMetric{"DSI", "Direction selectivity", "DSI", true}};

struct ShownSimilarity {
  double value = nan;
  bool few_values = false;
};
using Similarities = std::map<std::pair<std::string, std::string>, ShownSimilarity>;  // (type, metric)

Similarities read_similarities(const FigureRequest& request, std::size_t option) {
  const auto table =
      read_result(request, request.table("similarity", option), "similarity", request.options[option]);
  const auto type = table.column("cell_type"), metric = table.column("metric"),
             value = table.column("similarity"), small = table.column("small_sample");
  Similarities result;
  for (const auto& row : table.rows)
    result[{row.cells[type], row.cells[metric]}] = {number_or_nan(table, row, value),
                                                    table.number(row, small) != 0};
  return result;
}

std::vector<std::string> types_of(const std::vector<TypeValues>& datasets, const TypeValues& recordings) {
  std::set<std::string> names;
  for (const auto& dataset : datasets)
    for (const auto& [type, metrics] : dataset) names.insert(type);
  for (const auto& [type, metrics] : recordings) names.insert(type);
  return sorted_types(names);
}

}  // namespace

Figure tuning_boxes_figure(const FigureRequest& request) {
  std::vector<TypeValues> models;
  std::vector<Similarities> similarities;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    std::vector<std::string> inputs;
    const auto networks = request.each_network();
    models.push_back(
        model_values({.networks = networks,
                      .option = request.options[k],
                      .output_directory = {},
                      .tables_of = [&](const auto& network) { return request.tables_of(network); },
                      .reference = {},
                      .min_rate_hz = request.min_rate_hz,
                      .core = request.core},
                     networks, inputs));
    similarities.push_back(read_similarities(request, k));
  }
  const auto types = types_of(models, request.reference.values);
  std::vector<LegendEntry> legend;
  for (std::size_t k = 0; k < models.size(); ++k) legend.push_back({request.options[k], dataset_colour(k)});
  legend.push_back({"Neuropixels", recordings_colour});

  Figure figure{.canvas = paper(720, 1100), .script = "set multiplot\n"};
  const double left = std::max(0.085, (category_space('y', request.options) + 6) / figure.canvas.width);
  const auto strip_height = 0.0132 * static_cast<double>(models.size());
  for (std::size_t m = 0; m < boxed_metrics.size(); ++m) {
    const auto& metric = boxed_metrics[m];
    const auto cell = grid_cell({.left = left, .right = 0.985, .bottom = 0.07, .top = 0.932}, 1,
                                boxed_metrics.size(), m, 0, 0.034);
    BoxPanel boxes{.where = {cell.left, cell.right, cell.bottom + strip_height + 0.008, cell.top},
                   .title = metric.title,
                   .y_label = metric.axis,
                   .categories = types,
                   .series = {},
                   .y_high = metric.fraction ? std::optional(1.0) : std::nullopt,
                   .category_labels = false,
                   .name = fmt::format("m{}", m)};
    MatrixPanel strip{.where = {cell.left, cell.right, cell.bottom, cell.bottom + strip_height},
                      .title = "",
                      .colour_label = "",
                      .rows = request.options,
                      .columns = types,
                      .values = {},
                      .number_format = "{:.2f}",
                      .column_labels = m + 1 == boxed_metrics.size(),
                      .name = fmt::format("s{}", m)};
    for (std::size_t k = 0; k < models.size(); ++k) {
      BoxSeries series{.label = request.options[k], .colour = dataset_colour(k), .values = {}};
      for (const auto& type : types) {
        series.values.push_back(values_of(models[k], type, metric.name));
        const auto found = similarities[k].find({type, metric.name});
        const auto shown = found == similarities[k].end() ? ShownSimilarity{} : found->second;
        strip.values.push_back(shown.value);
        strip.starred.push_back(shown.few_values);
      }
      boxes.series.push_back(std::move(series));
    }
    BoxSeries recorded{.label = "Neuropixels", .colour = recordings_colour, .values = {}};
    for (const auto& type : types)
      recorded.values.push_back(values_of(request.reference.values, type, metric.name));
    boxes.series.push_back(std::move(recorded));
    auto script = box_panel_script(boxes);
    if (m == 0) {
      // Page-wide texts go with the first plot.
      const auto page = page_title(fmt::format("{}: tuning to drifting gratings, and similarity (1 - KS "
                                               "distance) to recordings below",
                                               shown_networks(request)),
                                   figure.canvas.height) +
                        legend_row(legend, left, 0.963, 0.16) +
                        page_note(
                            "boxes: quartiles, median, whiskers within 1.5 interquartile ranges; points: "
                            "fewer than five values; "
                            "strips: similarity (*: fewer than ten)",
                            0.5, 0.011);
      add_before_plot(script, page);
    }
    figure.script += script + matrix_panel_script(strip);
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
