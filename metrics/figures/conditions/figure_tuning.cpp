// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/conditions/figure_tuning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "metrics/figures/conditions/tuning_results.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/figures/panels/line_panel.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr double head = 110, row_height = 112, row_gap = 38, variable_gap = 18, map_title = 20,
                 map_height = 150, box_height = 118, box_gap = 26, foot = 74;
constexpr std::size_t most_maps = 3, maps_in_a_row = 6, most_boxes = 6, most_tics = 6;

/// Places of a variable's values along x: their numbers, or 0, 1, 2 … where some are texts.
struct Axis {
  std::vector<double> places;
  bool log = false;
  std::string tics, bare_tics;  ///< gnuplot's, with labels and without
  double low = 0, high = 1;
};

Axis axis_of(const VariableValues& variable) {
  Axis axis;
  const bool numbers = variable.numbers.size() == variable.texts.size();
  axis.log = numbers && variable.numbers.front() > 0 &&
             (variable.kind == VariableKind::band || variable.kind == VariableKind::contrast ||
              variable.kind == VariableKind::size);
  for (std::size_t k = 0; k < variable.texts.size(); ++k)
    axis.places.push_back(numbers ? variable.numbers[k] : static_cast<double>(k));
  const std::size_t step = (axis.places.size() + most_tics - 1) / most_tics;
  for (std::size_t k = 0; k < axis.places.size(); k += step) {
    const char* separator = k == 0 ? "set xtics (" : ", ";
    axis.tics += fmt::format("{}{} {:.9g}", separator, gnuplot_text(variable.texts[k]), axis.places[k]);
    axis.bare_tics += fmt::format("{}'' {:.9g}", separator, axis.places[k]);
  }
  axis.tics += ")\n";
  axis.bare_tics += ")\n";
  const double first = axis.places.front(), last = axis.places.back();
  const double margin = axis.log ? std::pow(last / first, 0.06) : std::max(0.06 * (last - first), 0.01);
  axis.low = axis.log ? first / margin : first - margin;
  axis.high = axis.log ? last * margin : last + margin;
  return axis;
}

std::string shown_name(const VariableValues& variable) {
  switch (variable.kind) {
    case VariableKind::direction:
    case VariableKind::orientation:
      return variable.name + " (degrees)";
    default:
      return variable.name;
  }
}

/// Rates of a type at each value: means over cells with standard errors.
Curve rate_curve(const TuningResults& results, const std::string& type, const VariableValues& variable,
                 const Axis& axis) {
  std::vector<std::vector<double>> rates(variable.texts.size());
  for (const auto row : results.cells.at(type)) {
    const auto marginal = results.marginal(row, variable);
    for (std::size_t k = 0; k < rates.size(); ++k) rates[k].push_back(marginal[k]);
  }
  Curve curve{.label = shown_label(type), .colour = type_colour(type), .x = axis.places, .points = true};
  for (const auto& of_value : rates) {
    const auto kept = without_nan(of_value);
    curve.y.push_back(mean(kept));
    curve.error.push_back(standard_error(kept));
  }
  return curve;
}

/// Fractions of a type's cells that prefer each value.
std::optional<Curve> preference_curve(const TuningResults& results, const std::string& type,
                                      const VariableValues& variable, const Axis& axis) {
  const auto preferred = results.column("pref_" + variable.name);
  const auto own = preferred.find(type);
  if (own == preferred.end()) return std::nullopt;
  Curve curve{.label = "", .colour = type_colour(type), .points = true};
  for (std::size_t k = 0; k < variable.numbers.size(); ++k) {
    curve.x.push_back(axis.places[k]);
    curve.y.push_back(static_cast<double>(std::ranges::count(own->second, variable.numbers[k])) /
                      static_cast<double>(own->second.size()));
  }
  return curve;
}

/// Marks of recorded medians at the top of a panel.
std::string recorded_marks(const std::map<std::string, double>& medians,
                           const std::vector<std::string>& types) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& type : types)
    if (const auto found = medians.find(type); found != medians.end())
      text += fmt::format(
          "set arrow from first {0:.9g}, graph {1:.3f} to first {0:.9g}, graph {2:.3f} head size screen "
          "0.006,25 filled lw 1 lc rgb '{3}' front\n",
          found->second, 1.0 - 0.06 * static_cast<double>(shown), 0.9 - 0.06 * static_cast<double>(shown),
          type_colour(type)),
          ++shown;
  return text;
}

struct PageRows {
  double height;  ///< of the page
  double at;  ///< next free place from the top
  Rectangle row(double rows_height) {
    const Rectangle where{
        .left = 0.085, .right = 0.985, .bottom = 1 - (at + rows_height) / height, .top = 1 - at / height};
    at += rows_height;
    return where;
  }
};

/// Layers that have cells.
std::vector<LayerGroup> shown_groups(const TuningResults& results) {
  std::vector<LayerGroup> groups;
  for (const auto& group : layer_groups())
    if (std::ranges::any_of(group.types, [&](const auto& type) { return results.cells.contains(type); }))
      groups.push_back(group);
  return groups;
}

/// Two rows of panels, by layer: rates, and preferences.
std::string variable_panels(const TuningResults& results, std::size_t v, PageRows& layout,
                            const std::string& texts) {
  const auto& variable = results.variables[v];
  const auto axis = axis_of(variable);
  const auto groups = shown_groups(results);
  const bool has_preferences = variable.numbers.size() >= 2;
  std::vector<LinePanel> rates, preferences;
  const auto upper = layout.row(row_height);
  layout.at += 14;
  const auto lower = has_preferences ? layout.row(row_height) : upper;
  layout.at += row_gap + variable_gap;
  const auto medians = results.recorded("pref_" + variable.name);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto panel = [&](const Rectangle& where, const char* y_label, bool last) {
      return LinePanel{.where = grid_cell(where, groups.size(), 1, g, 0.045, 0),
                       .title = "",
                       .x_label = last ? shown_name(variable) : "",
                       .y_label = g == 0 ? y_label : "",
                       .curves = {},
                       .x_low = axis.low,
                       .x_high = axis.high,
                       .y_low = 0,
                       .log_x = axis.log,
                       .extra = last ? axis.tics : axis.bare_tics,
                       .name = fmt::format("{}{}_{}", last ? "p" : "r", v, g)};
    };
    auto rate = panel(upper, "rate (Hz)", !has_preferences);
    auto preference = panel(lower, "fraction of cells", true);
    std::vector<std::string> types;
    for (const auto& type : groups[g].types) {
      if (!results.cells.contains(type)) continue;
      types.push_back(type);
      rate.curves.push_back(rate_curve(results, type, variable, axis));
      if (auto curve = preference_curve(results, type, variable, axis))
        preference.curves.push_back(std::move(*curve));
    }
    preference.extra += recorded_marks(medians, types);
    if (!texts.empty()) {
      rate.legend_left = rate.where.left;
      rate.legend_top = 1 - 40 / layout.height;
      rate.extra += page_text(groups[g].title, (rate.where.left + rate.where.right) / 2,
                              1 - 34 / layout.height, "center font ',9'");
      if (g == 0) rate.extra += texts;
    }
    rates.push_back(std::move(rate));
    preferences.push_back(std::move(preference));
  }
  std::string script;
  for (const auto& panel : rates) script += line_panel_script(panel);
  if (has_preferences)
    for (const auto& panel : preferences) script += line_panel_script(panel);
  return script;
}

/// Types whose maps are shown: the first, as many as fit.
std::vector<std::string> mapped_types(const TuningResults& results) {
  std::vector<std::string> types(
      results.types.begin(),
      results.types.begin() + static_cast<std::ptrdiff_t>(std::min(results.types.size(), maps_in_a_row)));
  return types;
}

/// A row of maps: the mean over a type's cells of the response over the cell's largest, other variables
/// averaged.
std::string map_panels(const TuningResults& results, std::size_t a, std::size_t b, PageRows& layout) {
  const auto &across = results.variables[a], &up = results.variables[b];
  layout.at += map_title;
  const auto where = layout.row(map_height);
  layout.at += row_gap + variable_gap;
  const auto columns = across.texts.size(), rows = up.texts.size();
  const auto types = mapped_types(results);
  std::string script;
  for (std::size_t t = 0; t < types.size(); ++t) {
    std::vector<double> sums(rows * columns, 0), counts(rows * columns, 0);
    for (const auto cell : results.cells.at(types[t])) {
      double largest = 0;
      for (std::size_t c = 0; c < results.shown.conditions.size(); ++c)
        if (!results.shown.conditions[c].blank && results.mean(cell, c) > largest)
          largest = results.mean(cell, c);
      if (largest == 0) continue;
      for (std::size_t c = 0; c < results.shown.conditions.size(); ++c) {
        if (results.shown.conditions[c].blank || std::isnan(results.mean(cell, c))) continue;
        const auto place = (rows - 1 - up.of_condition[c]) * columns + across.of_condition[c];
        sums[place] += results.mean(cell, c) / largest;
        counts[place] += 1;
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = counts[i] > 0 ? sums[i] / counts[i] : nan;
    auto names = up.texts;
    std::ranges::reverse(names);
    const auto few = [](std::vector<std::string> labels) {
      const std::size_t step = (labels.size() + 9) / 10;
      for (std::size_t k = 0; k < labels.size(); ++k)
        if (k % step != 0) labels[k].clear();
      return labels;
    };
    const Rectangle page{
        .left = where.left + 0.01, .right = where.right - 0.075, .bottom = where.bottom, .top = where.top};
    MatrixPanel panel{.where = grid_cell(page, maps_in_a_row, 1, t, 0.02, 0),
                      .title = shown_label(types[t]),
                      .colour_label = t + 1 == types.size() ? "rate / cell's largest" : "",
                      .rows = few(names),
                      .columns = few(across.texts),
                      .values = sums,
                      .low = 0,
                      .high = 1,
                      .row_labels = t == 0,
                      .column_turn = Turn::upright,
                      .x_label = across.name,
                      .y_label = t == 0 ? up.name : "",
                      .name = fmt::format("m{}_{}_{}", a, b, t)};
    script += matrix_panel_script(panel);
  }
  return script;
}

struct ShownNumber {
  const char *column, *axis;
};
/// In the order in which they are shown, as many as there is room for; with recorded medians first.
constexpr ShownNumber shown_numbers[] = {{"mean_rate", "mean rate (Hz)"},
                                         {"OSI", "OSI"},
                                         {"DSI", "DSI"},
                                         {"c50", "c50 (contrast)"},
                                         {"size_pref", "preferred diameter"},
                                         {"suppression_index", "suppression index"},
                                         {"f1_f0_pooled", "F1/F0, pooled"},
                                         {"f1_f0", "F1/F0"},
                                         {"fano", "Fano factor"},
                                         {"lifetime_sparseness", "lifetime sparseness"},
                                         {"modulation_index", "modulation index"}};

struct BoxNumber {
  std::string column, axis;
  std::map<std::string, std::vector<double>> values;
  std::map<std::string, double> recorded;
};

std::vector<BoxNumber> box_numbers(const TuningResults& results) {
  std::vector<BoxNumber> all;
  const auto add = [&](const std::string& column, const std::string& axis) {
    BoxNumber number{column, axis, results.column(column), results.recorded(column)};
    if (!number.values.empty()) all.push_back(std::move(number));
  };
  for (const auto& [column, axis] : shown_numbers) add(column, axis);
  for (const auto& variable : results.variables)
    if (variable.kind == VariableKind::band) add(variable.name + "_fit", variable.name + " (fit)");
  std::ranges::stable_partition(all, [](const BoxNumber& number) { return !number.recorded.empty(); });
  if (all.size() > most_boxes) all.resize(most_boxes);
  return all;
}

std::string box_panels(const TuningResults& results, const std::vector<BoxNumber>& numbers, PageRows& layout,
                       const std::string& texts) {
  std::string script;
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    const auto& number = numbers[k];
    BoxPanel panel{.where = layout.row(box_height),
                   .title = "",
                   .y_label = number.axis,
                   .categories = results.types,
                   .series = {{.label = "model", .colour = dataset_colour(0)}},
                   .category_labels = k + 1 == numbers.size(),
                   .name = fmt::format("b{}", k)};
    layout.at += box_gap;
    for (const auto& type : results.types) {
      const auto own = number.values.find(type);
      panel.series[0].values.push_back(own == number.values.end() ? std::vector<double>{} : own->second);
    }
    if (!number.recorded.empty()) {
      panel.series.push_back({.label = "recorded median", .colour = recordings_colour});
      for (const auto& type : results.types) {
        const auto found = number.recorded.find(type);
        if (found == number.recorded.end())
          panel.series[1].boxes.emplace_back();
        else  // a line
          panel.series[1].boxes.push_back(BoxStatistics{.low = found->second,
                                                        .first = found->second,
                                                        .median = found->second,
                                                        .third = found->second,
                                                        .high = found->second,
                                                        .count = 1});
      }
    }
    auto panel_script = box_panel_script(panel);
    if (k == 0 && !texts.empty()) add_before_plot(panel_script, texts);
    script += panel_script;
  }
  return script;
}

}  // namespace

Figure tuning_figure(const FigureRequest& request) {
  const auto results = read_tuning_results(request);
  std::vector<std::size_t> shown, numeric;
  for (std::size_t v = 0; v < results.variables.size(); ++v) {
    if (results.variables[v].texts.size() >= 2) shown.push_back(v);
    if (results.variables[v].texts.size() >= 2 && results.variables[v].numbers.size() >= 2)
      numeric.push_back(v);
  }
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < numeric.size(); ++i)
    for (std::size_t k = i + 1; k < numeric.size() && pairs.size() < most_maps; ++k)
      pairs.emplace_back(numeric[i], numeric[k]);
  const auto numbers = box_numbers(results);

  double height = shown.empty() ? 60 : head;
  for (const auto v : shown)
    height += row_height + 14 + (results.variables[v].numbers.size() >= 2 ? row_height : 0) + row_gap +
              variable_gap;
  height += static_cast<double>(pairs.size()) * (map_title + map_height + row_gap + variable_gap);
  height += static_cast<double>(numbers.size()) * (box_height + box_gap) + foot;
  Figure figure{.canvas = paper(720, static_cast<int>(height)), .script = "set multiplot\n"};
  PageRows layout{.height = height, .at = shown.empty() ? 60 : head};
  const auto texts =
      page_title(fmt::format("{}, {}: tuning of core cells in {}", shown_networks(request),
                             request.options.front(), request.paradigm),
                 figure.canvas.height) +
      page_note(
          "points: means of cells and standard errors; arrows, lines beside boxes: recorded medians; "
          "boxes: quartiles, whiskers "
          "within 1.5 of their distance",
          0.5, 10 / height);
  bool first = true;
  for (const auto v : shown) {
    figure.script += variable_panels(results, v, layout, first ? texts : std::string());
    first = false;
  }
  for (const auto& [a, b] : pairs) figure.script += map_panels(results, a, b, layout);
  figure.script += box_panels(results, numbers, layout, first ? texts : std::string());
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
