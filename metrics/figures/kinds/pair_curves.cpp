// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/kinds/pair_curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/errors/error.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/figures/panels/box_panel.hpp"

namespace striate::metrics {
namespace {

constexpr std::size_t most_usual = 6, example_columns = 3;
constexpr double note_font = 6.3;  // of what the fits of a panel say, in one line

bool exists(const CurveFigure& figure, const ShownPair& pair) {
  return std::ranges::any_of(figure.options, [&](const auto& curves) { return curves.contains(pair); });
}

bool has_points(const CurveFigure& figure, const ShownPair& pair) {
  return std::ranges::any_of(figure.options, [&](const auto& curves) {
    const auto found = curves.find(pair);
    return found != curves.end() && !found->second.means.x.empty();
  });
}

bool is_class(const std::string& label) {
  return label == "E" || label == "I";
}

/// Types of any option, in the order of the figures.
std::vector<std::string> matrix_types(const CurveFigure& figure) {
  std::set<std::string> names;
  for (const auto& curves : figure.options)
    for (const auto& [pair, curve] : curves)
      for (const auto& name : {pair.first, pair.second})
        if (!is_class(name)) names.insert(name);
  return sorted_types(names);
}

ShownPair pair_named(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
    throw core::UsageError("invalid --pairs {} (must be SOURCE:TARGET, as in L4_Exc:L5_IT)", text);
  return {clean_label(text.substr(0, colon)), clean_label(text.substr(colon + 1))};
}

std::vector<ShownPair> example_pairs(const FigureRequest& request, const CurveFigure& figure) {
  std::vector<ShownPair> pairs;
  for (const auto& text : request.pairs) {
    pairs.push_back(pair_named(text));
    if (!exists(figure, pairs.back()))
      throw core::UsageError("no connections from {} to {} in the table of {} (--pairs names them)",
                             pairs.back().first, pairs.back().second, request.options.front());
  }
  if (!pairs.empty()) return pairs;
  for (const auto& pair : figure.usual)
    if (exists(figure, pair) && pairs.size() < most_usual) pairs.push_back(pair);
  for (const auto& [pair, curve] : figure.options.front())
    if (pairs.size() < most_usual && std::ranges::find(pairs, pair) == pairs.end()) pairs.push_back(pair);
  return pairs;
}

std::string arrow(const ShownPair& pair) {
  return shown_label(pair.first) + " to " + shown_label(pair.second);
}

/// One panel without labels of its own.
LinePanel panel_of(const CurveFigure& figure, const ShownPair& pair, const Rectangle& where,
                   const std::string& name) {
  // The scale is that of the means: a curve may leave the panel where it follows from few connections.
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& curves : figure.options)
    if (const auto found = curves.find(pair); found != curves.end())
      for (std::size_t i = 0; i < found->second.means.y.size(); ++i) {
        const double y = found->second.means.y[i], error = found->second.means.error[i];
        low = std::min(low, y - (std::isnan(error) ? 0 : error));
        high = std::max(high, y + (std::isnan(error) ? 0 : error));
      }
  const double margin = high > low ? 0.08 * (high - low) : std::max(0.1, 0.1 * std::abs(high));
  LinePanel panel{.where = where,
                  .title = "",
                  .x_label = "",
                  .y_label = "",
                  .curves = {},
                  .x_low = figure.x_low,
                  .x_high = figure.x_high,
                  .y_low = std::isfinite(low) ? std::optional(low - margin) : std::nullopt,
                  .y_high = std::isfinite(high) ? std::optional(high + margin) : std::nullopt,
                  .extra = figure.tics,
                  .name = name};
  for (std::size_t k = 0; k < figure.options.size(); ++k) {
    const auto found = figure.options[k].find(pair);
    if (found == figure.options[k].end()) continue;
    auto means = found->second.means;
    means.colour = figure.options.size() > 1 ? dataset_colour(k) : type_colour(pair.first);
    means.points = true;
    panel.curves.push_back(std::move(means));
    for (std::size_t f = 0; f < found->second.fits.size(); ++f) {
      auto fit = found->second.fits[f];
      fit.colour = figure.options.size() > 1 ? dataset_colour(k)
                   : found->second.certain   ? "#000000"
                                             : "#909090";
      fit.dash = static_cast<int>(f) + 1;
      panel.curves.push_back(std::move(fit));
    }
  }
  return panel;
}

std::string page_texts(const FigureRequest& request, const CurveFigure& figure, int height) {
  const double unit = 1.0 / height;
  auto text = page_title(figure.title, height) +
              page_note(request.layout == "matrix" ? figure.matrix_caption : figure.caption, 0.5, 10 * unit);
  if (!figure.fit_caption.empty()) text += page_note(figure.fit_caption, 0.5, 1 - 49 * unit);
  if (request.options.size() > 1) {
    std::vector<LegendEntry> legend;
    for (std::size_t k = 0; k < request.options.size(); ++k)
      legend.push_back({request.options[k], dataset_colour(k)});
    text += legend_row(legend, 0.09, 1 - 34 * unit, 0.2);
  }
  return text;
}

Figure examples(const FigureRequest& request, const CurveFigure& figure, const std::vector<ShownPair>& pairs,
                std::size_t columns) {
  const std::size_t rows = (pairs.size() + columns - 1) / columns;
  const int height = static_cast<int>(110 + 235 * rows);
  const double unit = 1.0 / height, lines = 11.0 * static_cast<double>(figure.options.size());
  Figure result{.canvas = paper(720, height), .script = "set multiplot\n"};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    auto panel = panel_of(
        figure, pairs[i],
        grid_cell({.left = 0.09, .right = 0.985, .bottom = 62 * unit, .top = 1 - (76 + lines) * unit},
                  columns, rows, i, 0.085, (66 + lines) * unit),
        fmt::format("{}{}", figure.name, i));
    panel.y_label = i % columns == 0 ? "weight (pA)" : "";
    panel.x_label = i + columns >= pairs.size() ? figure.x_label : "";
    if (i == 0) panel.extra += page_texts(request, figure, height);
    // Title and what the fits say stand above the axes.
    const double middle = (panel.where.left + panel.where.right) / 2;
    panel.extra += page_text(arrow(pairs[i]), middle, panel.where.top + (lines + 10) * unit,
                             fmt::format("center font ',{}'", title_font));
    for (std::size_t k = 0; k < figure.options.size(); ++k)
      if (const auto found = figure.options[k].find(pairs[i]); found != figure.options[k].end())
        panel.extra += page_text(found->second.note, middle,
                                 panel.where.top + (lines - 4 - 11 * static_cast<double>(k)) * unit,
                                 fmt::format("center font ',{}' tc rgb '{}'", note_font,
                                             figure.options.size() > 1 ? dataset_colour(k) : "#404040"));
    result.script += line_panel_script(panel);
  }
  result.script += "unset multiplot\n";
  return result;
}

/// All pairs of types: small panels, sources as rows.
Figure matrix(const FigureRequest& request, const CurveFigure& figure) {
  const auto types = matrix_types(figure);
  const int height = 760;
  const Rectangle page{.left = 0.1, .right = 0.985, .bottom = 0.035, .top = 0.855};
  Figure result{.canvas = paper(720, height), .script = "set multiplot\n"};
  bool first = true;
  for (std::size_t source = 0; source < types.size(); ++source)
    for (std::size_t target = 0; target < types.size(); ++target) {
      const ShownPair pair{types[source], types[target]};
      if (!has_points(figure, pair)) continue;
      const auto where =
          grid_cell(page, types.size(), types.size(), source * types.size() + target, 0.004, 0.005);
      auto panel = panel_of(figure, pair, where, fmt::format("{}{}_{}", figure.name, source, target));
      panel.extra += "unset xtics\nunset ytics\nunset grid\nset border 15 lw 0.3\n";
      if (first) {
        panel.extra += page_texts(request, figure, height);
        for (std::size_t k = 0; k < types.size(); ++k) {
          const auto row = grid_cell(page, types.size(), types.size(), k * types.size(), 0.004, 0.005),
                     column = grid_cell(page, types.size(), types.size(), k, 0.004, 0.005);
          panel.extra +=
              page_text(shown_label(types[k]), row.left - 0.006, (row.bottom + row.top) / 2,
                        fmt::format("right font ',{}'", small_font)) +
              page_text(shown_label(types[k]), (column.left + column.right) / 2, column.top + 0.008,
                        fmt::format("left rotate by 50 font ',{}'", small_font));
        }
        first = false;
      }
      result.script += line_panel_script(panel);
    }
  result.script += "unset multiplot\n";
  return result;
}

}  // namespace

Figure pair_curves_figure(const FigureRequest& request, const CurveFigure& figure) {
  if (request.layout == "matrix") return matrix(request, figure);
  if (request.layout == "ei")
    return examples(request, figure, {{"E", "E"}, {"E", "I"}, {"I", "E"}, {"I", "I"}}, 2);
  return examples(request, figure, example_pairs(request, figure), example_columns);
}

std::map<ShownPair, const io::DelimitedTable::Row*> rows_by_pair(const io::DelimitedTable& table) {
  std::map<ShownPair, const io::DelimitedTable::Row*> rows;
  const auto source = table.column("source_type"), target = table.column("target_type");
  for (const auto& row : table.rows)
    if (!rows.emplace(ShownPair{row.cells[source], row.cells[target]}, &row).second)
      throw core::FormatError("{} to {} twice in {} (line {})", row.cells[source], row.cells[target],
                              table.path, row.line);
  return rows;
}

std::string note_text(const std::vector<NotedValue>& values) {
  std::string text;
  for (const auto& [name, value, p] : values) {
    if (std::isnan(value)) continue;
    text += fmt::format("{}{} {:.2g}", text.empty() ? "" : ", ", name, value);
    if (!std::isnan(p)) text += p < 1e-300 ? " (< 1e-300)" : fmt::format(" ({:.1g})", p);
  }
  return text;
}

}  // namespace striate::metrics
