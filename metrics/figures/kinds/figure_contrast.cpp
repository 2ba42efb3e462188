// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <array>
#include <map>

#include "core/errors/error.hpp"
#include "metrics/analyses/tuning/contrast.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/line_panel.hpp"
#include "metrics/figures/panels/option_maps.hpp"

namespace striate::metrics {
namespace {

struct ContrastMetric {
  const char* column;
  const char* axis;
  std::optional<double> low;
  std::optional<double> high;
};
constexpr std::array contrast_metrics{
    ContrastMetric{"rate(Hz)", "mean rate (Hz)", 0.0, std::nullopt},
    ContrastMetric{"osi", "mean OSI", 0.0, 1.0}, ContrastMetric{"dsi", "mean DSI", 0.0, 1.0},
    ContrastMetric{"sparsity", "sparsity over directions", 0.0, 1.0},
    ContrastMetric{"reliability", "reliability (r of halves)", std::nullopt, 1.0}};
constexpr double least_reliability = -1;
constexpr std::array contrast_dashes{1, 2, 3, 4, 5};

/// Curves against contrast of one option: [cell type][column].
using ContrastCurves = std::map<std::string, std::map<std::string, Curve>>;

/// Type means of one network.
ContrastCurves network_curves(const FigureRequest& request, std::size_t k) {
  const auto table =
      read_result(request, request.tables / fmt::format("contrast_by_type_{}.csv", request.options[k]),
                  "contrast", request.options[k]);
  const auto type = table.column("cell_type"), contrast = table.column("contrast");
  ContrastCurves curves;
  for (const auto& row : table.rows)
    for (const auto& metric : contrast_metrics) {
      auto& curve = curves[row.cells[type]][metric.column];
      curve.x.push_back(table.number(row, contrast));
      curve.y.push_back(number_or_nan(table, row, table.column(metric.column)));
    }
  return curves;
}

/// Means over networks with 95 % intervals.
ContrastCurves pooled_curves(const FigureRequest& request, std::size_t k) {
  const auto table =
      read_result(request, table_file(contrast_networks_file, request.tables, request.options[k]), "contrast",
                  request.options[k]);
  const auto type = table.column("cell_type"), contrast = table.column("contrast"),
             metric = table.column("metric"), mean = table.column("mean"), interval = table.column("ci95");
  ContrastCurves curves;
  for (const auto& row : table.rows) {
    auto& curve = curves[row.cells[type]][row.cells[metric]];
    curve.x.push_back(table.number(row, contrast));
    curve.y.push_back(number_or_nan(table, row, mean));
    curve.error.push_back(number_or_nan(table, row, interval));
  }
  return curves;
}

/// What a column of panels shows.
struct Group {
  std::string title;
  std::vector<std::string> types;
};

std::vector<Group> shown_groups(const FigureRequest& request, const std::vector<ContrastCurves>& options) {
  std::vector<Group> groups;
  if (request.types.empty()) {
    for (const auto& group : layer_groups()) groups.push_back({group.title, group.types});
    return groups;
  }
  for (const auto& type : request.types) {
    if (!options.front().contains(type))
      throw core::UsageError("no cell type {} in the table of {} (--types names it)", type,
                             request.options.front());
    groups.push_back({shown_label(type), {type}});
  }
  return groups;
}

/// Several types in a panel have colours, several options dashes; a type alone has the options' colours.
Curve styled(Curve curve, const std::string& type, std::size_t option, const FigureRequest& request) {
  const bool alone = !request.types.empty();
  curve.label = alone ? request.options[option] : option == 0 ? shown_label(type) : "";
  curve.colour = alone ? dataset_colour(option) : type_colour(type);
  curve.dash = alone ? 1 : contrast_dashes[option % contrast_dashes.size()];
  curve.points = alone || option == 0;
  return curve;
}

std::string subtitle(const FigureRequest& request) {
  std::string text;
  constexpr std::array lines{"solid", "dashed", "dotted", "dash-dotted", "dash-dot-dotted"};
  if (request.types.empty() && request.options.size() > 1)
    for (std::size_t k = 0; k < request.options.size(); ++k)
      text += fmt::format("{}{}: {}", k == 0 ? "" : ", ", lines[k % lines.size()], request.options[k]);
  if (request.pooled())
    text += fmt::format("{}mean over {} networks, bars: 95 % interval as far as the axis goes",
                        text.empty() ? "" : "; ", request.networks.size());
  return text;
}

}  // namespace

Figure contrast_figure(const FigureRequest& request) {
  std::vector<ContrastCurves> options;
  for (std::size_t k = 0; k < request.options.size(); ++k)
    options.push_back(request.pooled() ? pooled_curves(request, k) : network_curves(request, k));
  const auto groups = shown_groups(request, options);
  Figure figure{.canvas = paper(720, 900), .script = "set multiplot\n"};
  const Rectangle page{.left = 0.085, .right = 0.985, .bottom = 0.05, .top = 0.838};
  for (std::size_t m = 0; m < contrast_metrics.size(); ++m)
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto& metric = contrast_metrics[m];
      LinePanel panel{
          .where = grid_cell(page, groups.size(), contrast_metrics.size(), m * groups.size() + g, 0.05, 0.04),
          .title = "",
          .x_label = m + 1 == contrast_metrics.size() ? "contrast" : "",
          .y_label = g == 0 ? metric.axis : "",
          .curves = {},
          .x_low = 0,
          .x_high = 0.85,
          .y_low = metric.low,
          .y_high = metric.high,
          .extra = "set xtics 0,0.2,0.8\n",
          .name = fmt::format("c{}_{}", m, g)};
      // Intervals of few networks are wider than what can be.
      if (request.pooled() && !panel.y_low) panel.y_low = least_reliability;
      for (std::size_t k = 0; k < options.size(); ++k)
        for (const auto& type : groups[g].types)
          if (options[k].contains(type) && options[k].at(type).contains(metric.column))
            panel.curves.push_back(styled(options[k].at(type).at(metric.column), type, k, request));
      if (m == 0) {
        panel.legend_left = panel.where.left + 0.01;
        panel.legend_top = 0.922;
        panel.extra += page_text(groups[g].title, (panel.where.left + panel.where.right) / 2, 0.935,
                                 fmt::format("center font ',{}'", title_font));
        if (g == 0) {
          panel.extra +=
              page_title(fmt::format("{}, {}: responses of core cells to gratings against contrast",
                                     shown_networks(request), shown_options(request.options)),
                         figure.canvas.height);
          panel.extra += page_note(subtitle(request), 0.5, 0.957);
        }
      }
      figure.script += line_panel_script(panel);
    }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
