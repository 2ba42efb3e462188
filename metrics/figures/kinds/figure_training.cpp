// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/figures/panels/line_panel.hpp"

namespace striate::metrics {
namespace {

/// The course of training, one row a step.
class Course {
 public:
  explicit Course(io::DelimitedTable table) : table_(std::move(table)) {
    for (const auto& row : table_.rows) steps_.push_back(table_.number(row, table_.column("step")));
  }
  const std::vector<double>& steps() const { return steps_; }
  bool has(const std::string& name) const {
    return std::ranges::find(table_.columns, name) != table_.columns.end();
  }
  std::vector<double> values(const std::string& name) const { return smooth(raw_values(name)); }
  std::vector<double> raw_values(const std::string& name) const {
    std::vector<double> values;
    const auto column = table_.column(name);
    for (const auto& row : table_.rows)
      values.push_back(row.cells[column] == "nan" ? NAN : table_.number(row, column));
    return values;
  }

 private:
  /// Means of up to 1/60 of the course on either side: single updates are noisy.
  static std::vector<double> smooth(const std::vector<double>& values) {
    const auto reach = static_cast<std::ptrdiff_t>(values.size() / 60);
    std::vector<double> result(values.size());
    const auto n = static_cast<std::ptrdiff_t>(values.size());
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      double sum = 0, count = 0;
      for (std::ptrdiff_t j = std::max<std::ptrdiff_t>(0, i - reach); j <= std::min(n - 1, i + reach); ++j)
        if (!std::isnan(values[static_cast<std::size_t>(j)]))
          sum += values[static_cast<std::size_t>(j)], ++count;
      result[static_cast<std::size_t>(i)] = count > 0 ? sum / count : NAN;
    }
    return result;
  }

  io::DelimitedTable table_;
  std::vector<double> steps_;
};

struct Term {
  const char* name;
  const char* colour;
};
constexpr std::array terms{Term{"total", "#000000"},       Term{"rate", "#d62728"},
                           Term{"selectivity", "#1f77b4"}, Term{"synchrony", "#2ca02c"},
                           Term{"voltage", "#9467bd"},     Term{"weights", "#ff7f0e"}};

constexpr const char *distance_label = "distance of weights (EMD)", *distance_colour = "#8c564b",
                     *before_colour = "#7f7f7f", *after_colour = "#d62728";

LinePanel loss_panel(const Course& course, const std::string& activity, const Rectangle& where) {
  LinePanel panel{.where = where,
                  .title = activity == "evoked" ? "losses, gratings" : "losses, gray",
                  .x_label = "step",
                  .y_label = activity == "evoked" ? "loss" : "",
                  .y_low = 1e-4,
                  .log_y = true,
                  .name = "loss_" + activity};
  for (const Term& term : terms) {
    Curve curve{.label = term.name,
                .colour = term.colour,
                .x = course.steps(),
                .y = course.values(activity + " " + term.name)};
    for (double& y : curve.y)
      if (!(y > 0)) y = NAN;  // nothing on a logarithmic axis
    if (std::ranges::any_of(curve.y, [](double y) { return y > 0; }))
      panel.curves.push_back(std::move(curve));
  }
  return panel;
}

/// Judgements after each epoch: the sum of losses on held-out trials, and how far the weights have gone.
LinePanel judgement_panel(const std::filesystem::path& file, const std::string& made_by, double last_step,
                          const Rectangle& where) {
  LinePanel panel{.where = where,
                  .title = "held-out trials",
                  .x_label = "step",
                  .y_label = "",
                  .x_low = 0,
                  .x_high = last_step,
                  .y_low = 1e-4,
                  .log_y = true,
                  .name = "judgements"};
  if (!std::filesystem::exists(file)) return panel;
  const Course judged(io::read_delimited_table(file, ',', made_by));
  const auto add = [&](const char* label, const char* colour, const char* column) {
    if (judged.steps().empty() || !judged.has(column)) return;
    Curve curve{.label = label,
                .colour = colour,
                .x = judged.steps(),
                .y = judged.raw_values(column),
                .points = true};
    for (double& y : curve.y)
      if (!(y > 0)) y = NAN;
    panel.curves.push_back(std::move(curve));
  };
  add("total", "#000000", "total");
  add(distance_label, distance_colour, "weight_distance");
  return panel;
}

LinePanel type_panel(const Course& course, const std::string& what, const LayerGroup& group,
                     const Rectangle& where, const FigureRequest& request, const std::string& name) {
  LinePanel panel{
      .where = where, .title = group.title, .x_label = "step", .y_label = "", .y_low = 0, .name = name};
  for (const auto& type : group.types) {
    const std::string column = what + " " + type;
    if (!course.has(column)) continue;
    const std::string colour = type_colour(type);
    panel.curves.push_back(
        {.label = shown_label(type), .colour = colour, .x = course.steps(), .y = course.values(column)});
    const auto recorded = request.reference.values.find(type);
    if (what != "evoked rate_hz" || recorded == request.reference.values.end()) continue;
    const auto rates = recorded->second.find("average_rate");
    if (rates == recorded->second.end() || rates->second.empty()) continue;
    double mean = 0;
    for (const double rate : rates->second) mean += rate / static_cast<double>(rates->second.size());
    panel.curves.push_back({.label = "",
                            .colour = colour,
                            .x = {course.steps().front(), course.steps().back()},
                            .y = {mean, mean},
                            .dash = 2});
  }
  return panel;
}

/// Weights before and after, by connection of excitatory and inhibitory cells.
std::vector<LinePanel> weight_panels(const std::filesystem::path& file,
                                     const std::array<Rectangle, 4>& places) {
  std::vector<LinePanel> panels;
  if (!std::filesystem::exists(file)) return panels;
  const auto table = io::read_delimited_table(file, ',', "weights before and after training");
  const auto connection = table.column("connection"), low = table.column("low_pa"),
             high = table.column("high_pa");
  std::map<std::string, LinePanel> by_connection;
  for (const auto& row : table.rows) {
    const auto& name = row.cells[connection];
    auto [found, fresh] = by_connection.try_emplace(name);
    LinePanel& panel = found->second;
    if (fresh) {
      panel.title = name;
      panel.x_label = "|weight| (pA)";
      panel.log_x = true;
      panel.extra = "set xtics (0.01, 1, 100, \"1e+04\" 10000)\n";
      panel.y_low = 0;
      panel.curves = {{.label = "", .colour = before_colour}, {.label = "", .colour = after_colour}};
    }
    const double x = std::sqrt(table.number(row, low) * table.number(row, high));
    for (std::size_t c = 0; c < 2; ++c) {
      panel.curves[c].x.push_back(x);
      panel.curves[c].y.push_back(table.number(row, table.column(c == 0 ? "before" : "after")));
    }
  }
  for (auto& [name, panel] : by_connection) {
    if (panels.size() == places.size()) break;
    panel.where = places[panels.size()];
    panel.name = fmt::format("weights{}", panels.size());
    if (panels.empty()) panel.y_label = "synapses";
    panels.push_back(panel);
  }
  return panels;
}

}  // namespace

Figure training_figure(const FigureRequest& request) {
  const std::string& option = request.options.front();
  const auto folder = request.base / "training" / option;
  const auto made_by = fmt::format("'striate train {} --suffix {}' makes it", request.base, option);
  const Course course(io::read_delimited_table(folder / "log.csv", ',', made_by));
  if (course.steps().empty())
    throw core::UsageError("no steps in {} yet (nothing to draw)", folder / "log.csv");

  Figure figure{.canvas = paper(720, 900), .script = "set multiplot\n"};
  const Rectangle top{.left = 0.08, .right = 0.985, .bottom = 0.76, .top = 0.932};
  std::vector<LinePanel> panels{loss_panel(course, "evoked", grid_cell(top, 3, 1, 0, 0.075, 0)),
                                loss_panel(course, "spontaneous", grid_cell(top, 3, 1, 1, 0.075, 0)),
                                judgement_panel(folder / "held_out.csv", made_by, course.steps().back(),
                                                grid_cell(top, 3, 1, 2, 0.075, 0))};
  std::vector<LegendEntry> of_losses;
  for (const auto& term : terms) of_losses.push_back({term.name, term.colour});
  of_losses.push_back({distance_label, distance_colour});
  panels.front().extra =
      page_title(fmt::format("{}, {}: course of training", network_name(request.base), option),
                 figure.canvas.height) +
      legend_row(of_losses, 0.08, 0.967, 0.1) +
      legend_row({{"weights before", before_colour}, {"after training", after_colour}}, 0.08, 0.186, 0.16);
  const auto& groups = layer_groups();
  const Rectangle middle{.left = 0.08, .right = 0.985, .bottom = 0.30, .top = 0.68};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    LinePanel rates = type_panel(course, "evoked rate_hz", groups[g], grid_cell(middle, 4, 2, g, 0.04, 0.07),
                                 request, fmt::format("rate{}", g));
    if (g == 0) rates.y_label = "Hz (dashed: recorded)";
    LinePanel similarity =
        type_panel(course, "evoked similarity", groups[g], grid_cell(middle, 4, 2, 4 + g, 0.04, 0.07),
                   request, fmt::format("similarity{}", g));
    similarity.y_high = 1;
    similarity.legend_left = similarity.where.left + 0.01;
    similarity.legend_top = similarity.where.bottom - 0.03;
    similarity.x_label = "";
    if (g == 0) similarity.y_label = "1 - KS of rates";
    panels.push_back(std::move(rates));
    panels.push_back(std::move(similarity));
  }
  const Rectangle bottom{.left = 0.08, .right = 0.972, .bottom = 0.045, .top = 0.155};
  std::array<Rectangle, 4> places;
  for (std::size_t i = 0; i < 4; ++i) places[i] = grid_cell(bottom, 4, 1, i, 0.05, 0);
  for (auto& panel : weight_panels(folder / "weights.csv", places)) panels.push_back(std::move(panel));
  for (const auto& panel : panels)
    if (!panel.curves.empty()) figure.script += line_panel_script(panel);
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
