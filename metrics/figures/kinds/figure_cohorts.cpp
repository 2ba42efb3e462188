// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/errors/error.hpp"
#include "metrics/analyses/cells/cohort_activity.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"

namespace striate::metrics {
namespace {

constexpr std::size_t histogram_bins = 100;
struct LevelColour {
  const char *level, *colour;
};
constexpr std::array level_colours{LevelColour{"low", "#2b7bba"}, LevelColour{"mid", "#888888"},
                                   LevelColour{"high", "#c73635"}};
constexpr std::array metric_titles{"mean rate over directions", "orientation selectivity",
                                   "direction selectivity", "sparsity over directions", "image selectivity"};

const CohortQuantity& quantity_named(const std::string& name) {
  return *std::ranges::find(cohort_quantities, name,
                            [](const CohortQuantity& quantity) { return std::string(quantity.name); });
}

/// "outgoing weight (pA)"
std::string quantity_label(const CohortQuantity& quantity) {
  auto label = shown_label(quantity.column);
  if (const auto unit = label.find('('); unit != std::string::npos) label.insert(unit, " ");
  return label;
}

/// Rows of a table of cells by class and level.
struct CohortCells {
  io::DelimitedTable table;
  std::size_t class_column, type_column, level_column, quantity_column;

  bool shows(const io::DelimitedTable::Row& row, const std::string& shown, const std::string& level) const {
    const auto& own = row.cells[class_column];
    const bool inhibitory = own == "PV" || own == "SST" || own == "VIP";
    return row.cells[level_column] == level && (own == shown || (shown == "Inh" && inhibitory));
  }
};

/// "set xtics (…)" at 1, 2 and 5 times the powers of ten.
std::string logarithmic_tics(double low, double high) {
  std::string tics;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10)
    for (const double times : {1.0, 2.0, 5.0})
      if (power * times >= low && power * times <= high)
        tics += fmt::format("{}{:g}", tics.empty() ? "" : ", ", power * times);
  return tics.empty() ? "" : fmt::format("set xtics ({})\n", tics);
}

/// A histogram over equal steps of the logarithm, coloured by level, stacked where levels share a bin.
std::string histogram_script(const CohortCells& cells, const CohortQuantity& quantity,
                             const std::string& type, const Rectangle& where) {
  std::array<std::vector<double>, level_colours.size()> values;
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const auto& row : cells.table.rows) {
    if (row.cells[cells.type_column] != type) continue;
    const double value = number_or_nan(cells.table, row, cells.quantity_column);
    for (std::size_t k = 0; k < level_colours.size(); ++k)
      if (row.cells[cells.level_column] == level_colours[k].level && value > 0) {
        values[k].push_back(value);
        low = std::min(low, value);
        high = std::max(high, value);
      }
  }
  if (!(high > 0))
    throw core::UsageError("nothing to draw of --type {} in {} (no core cell of it has connections)", type,
                           cells.table.path);
  if (high == low) high = low * 1.01;
  const double step = std::log(high / low) / histogram_bins;
  std::vector<double> base(histogram_bins, 0);
  std::string blocks, plots;
  for (std::size_t k = 0; k < level_colours.size(); ++k) {
    std::vector<double> counts(histogram_bins, 0);
    for (const double value : values[k])
      counts[std::min(histogram_bins - 1, static_cast<std::size_t>(std::log(value / low) / step))] += 1;
    blocks += fmt::format("$histogram{} << END_OF_DATA\n", k);
    for (std::size_t bin = 0; bin < histogram_bins; ++bin) {
      if (counts[bin] == 0) continue;
      const double left = low * std::exp(step * static_cast<double>(bin)), right = left * std::exp(step);
      blocks += fmt::format("{:.9g} {:.9g} {:.9g} {:.9g}\n", left, right, base[bin], base[bin] + counts[bin]);
      base[bin] += counts[bin];
    }
    blocks += "END_OF_DATA\n";
    if (!values[k].empty())
      plots += fmt::format("{}$histogram{} using 1:3:1:2:3:4 with boxxyerror fs solid noborder lc rgb '{}'",
                           plots.empty() ? "plot " : ", ", k, level_colours[k].colour);
  }
  const double top = std::ranges::max(base) * 1.1;
  std::string thresholds;
  for (const double at : {values[0].empty() ? 0 : std::ranges::max(values[0]),
                          values[2].empty() ? 0 : std::ranges::min(values[2])})
    if (at > 0)
      thresholds += fmt::format(
          "set arrow from first {0:.9g},0 to first {0:.9g},{1:.9g} nohead dt 2 lw 0.7 lc rgb '#000000'\n", at,
          top);
  return blocks +
         begin_panel(where, fmt::format("{}: {} core cells", shown_label(type),
                                        values[0].size() + values[1].size() + values[2].size())) +
         fmt::format(
             "set xlabel {}\nset ylabel 'cells'\nset logscale x\nset xrange [{:.9g}:{:.9g}]\n"
             "set yrange [0:{:.9g}]\nset format x '%g'\n",
             gnuplot_text(quantity_label(quantity)), low / 1.1, high * 1.1, top) +
         logarithmic_tics(low / 1.1, high * 1.1) + thresholds + plots + "\n";
}

}  // namespace

Figure cohorts_figure(const FigureRequest& request) {
  const auto& quantity = quantity_named(request.cohorts_by);
  std::vector<CohortCells> options;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    auto table = read_result(request, request.table("cohort_cells", k), "cohorts", request.options[k]);
    options.push_back({.table = std::move(table),
                       .class_column = 0,
                       .type_column = 0,
                       .level_column = 0,
                       .quantity_column = 0});
    auto& own = options.back();
    own.class_column = own.table.column("class");
    own.type_column = own.table.column("cell_type");
    own.level_column = own.table.column(fmt::format("{}_level", quantity.name));
    own.quantity_column = own.table.column(quantity.column);
  }
  std::vector<std::string> categories;
  for (const char* shown : cohort_classes)
    for (const auto& option : request.options)
      categories.push_back(request.options.size() == 1 ? shown : fmt::format("{} {}", shown, option));

  const int label_height = request.options.size() == 1 ? 40 : 95;  // below each panel
  Figure figure{.canvas = paper(720, 620 + 3 * label_height), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  const Rectangle page{
      .left = 0.085, .right = 0.985, .bottom = (label_height + 26) * unit, .top = 1 - 76 * unit};
  const auto cell = [&](std::size_t k) { return grid_cell(page, 2, 3, k, 0.09, (label_height + 32) * unit); };
  auto script = histogram_script(options.front(), quantity, request.cell_type, cell(0));
  std::vector<LegendEntry> legend;
  for (const auto& [level, colour] : level_colours)
    legend.push_back({fmt::format("{} third", level), colour});
  add_before_plot(
      script, page_title(fmt::format("{}: activity of core cells by {} within their layer",
                                     network_name(request.base), shown_label(quantity.name)),
                         figure.canvas.height) +
                  legend_row(legend, 0.085, 1 - 40 * unit, 0.14) +
                  page_note("Inh: PV, SST and VIP cells, each ranked in its class; boxes: quartiles, median, "
                            "whiskers within 1.5 interquartile ranges",
                            0.5, 10 * unit));
  figure.script += script;
  for (std::size_t m = 0; m < std::size(cohort_metrics); ++m) {
    BoxPanel panel{.where = cell(m + 1),
                   .title = metric_titles[m],
                   .y_label = m == 0 ? "rate (Hz)" : "",
                   .categories = categories,
                   .series = {},
                   .y_high = m == 0 ? std::nullopt : std::optional(1.0),
                   .name = fmt::format("m{}", m)};
    bool any = false;
    for (const auto& [level, colour] : level_colours) {
      BoxSeries series{.label = level, .colour = colour, .values = {}};
      for (const char* shown : cohort_classes)
        for (const auto& own : options) {
          auto& values = series.values.emplace_back();
          const auto column = own.table.column(cohort_metrics[m]);
          for (const auto& row : own.table.rows)
            if (own.shows(row, shown, level)) values.push_back(number_or_nan(own.table, row, column));
          any = any || std::ranges::any_of(values, [](double value) { return !std::isnan(value); });
        }
      panel.series.push_back(std::move(series));
    }
    if (!any) panel.title += " (no values)";
    figure.script += box_panel_script(panel);
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
