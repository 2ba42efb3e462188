// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "core/errors/error.hpp"
#include "metrics/analyses/cells/cohort_activity.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/math/statistics.hpp"

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

/// What the picture shows of the cells of an option, of all networks.
struct CohortCells {
  /// [class, level][metric]
  std::map<std::pair<std::string, std::string>, std::array<std::vector<double>, std::size(cohort_metrics)>>
      activity;
  std::map<std::string, std::vector<double>> ranked_by;  ///< [level] of the cells of the type shown, if any
  std::filesystem::path file;  ///< one of the tables
};

void add_cells(CohortCells& cells, const io::DelimitedTable& table, const CohortQuantity& quantity,
               const std::string& shown_type) {
  const auto class_column = table.column("class"), type = table.column("cell_type"),
             level = table.column(fmt::format("{}_level", quantity.name)),
             ranked_by = table.column(quantity.column);
  std::array<std::size_t, std::size(cohort_metrics)> columns{};
  for (std::size_t m = 0; m < columns.size(); ++m) columns[m] = table.column(cohort_metrics[m]);
  cells.file = table.path;
  for (const auto& row : table.rows) {
    const auto& own = row.cells[class_column];
    std::vector<std::string> shown{own};
    if (own == "PV" || own == "SST" || own == "VIP") shown.emplace_back("Inh");
    for (std::size_t m = 0; m < columns.size(); ++m)
      for (const auto& name : shown)
        cells.activity[{name, row.cells[level]}][m].push_back(number_or_nan(table, row, columns[m]));
    if (row.cells[type] == shown_type)
      cells.ranked_by[row.cells[level]].push_back(number_or_nan(table, row, ranked_by));
  }
}

/// "set xtics (…)" at 1, 2 and 5 times the powers of ten.
std::string logarithmic_tics(double low, double high) {
  std::string tics;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10)
    for (const double times : {1.0, 2.0, 5.0})
      if (power * times >= low && power * times <= high)
        tics += fmt::format("{}{:g}", tics.empty() ? "" : ", ", power * times);
  return tics.empty() ? "" : fmt::format("set xtics ({})\n", tics);
}

/// A histogram over equal steps of the logarithm, coloured by level, stacked where levels share a bin. Each
/// network has its own thirds: their limits are shown of one alone.
std::string histogram_script(const FigureRequest& request, const CohortCells& cells,
                             const CohortQuantity& quantity, const Rectangle& where) {
  std::array<std::vector<double>, level_colours.size()> values;
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (std::size_t k = 0; k < level_colours.size(); ++k)
    if (const auto found = cells.ranked_by.find(level_colours[k].level); found != cells.ranked_by.end())
      for (const double value : found->second)
        if (value > 0) {
          values[k].push_back(value);
          low = std::min(low, value);
          high = std::max(high, value);
        }
  if (!(high > 0))
    throw core::UsageError("nothing to draw of --type {} in {} (no core cell of it has connections)",
                           request.cell_type, cells.file);
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
    if (at > 0 && !request.pooled())
      thresholds += fmt::format(
          "set arrow from first {0:.9g},0 to first {0:.9g},{1:.9g} nohead dt 2 lw 0.7 lc rgb '#000000'\n", at,
          top);
  return blocks +
         begin_panel(where, fmt::format("{}: {} core cells", shown_label(request.cell_type),
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
  for (const auto& option : request.options) {
    auto& cells = options.emplace_back();
    MadeAlike alike;
    for (const auto& network : request.each_network())
      add_cells(
          cells,
          read_network_table(request, network, {cohort_activity_files.items[0], "cohorts", option}, alike),
          quantity, request.cell_type);
  }
  std::vector<std::string> categories;
  for (const char* shown : cohort_classes)
    for (const auto& option : request.options)
      categories.push_back(request.options.size() == 1 ? shown : fmt::format("{} {}", shown, option));

  const int label_height = static_cast<int>(category_space('x', categories));  // below each panel
  Figure figure{.canvas = paper(720, 620 + 3 * label_height), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  const Rectangle page{
      .left = 0.085, .right = 0.985, .bottom = (label_height + 26) * unit, .top = 1 - 76 * unit};
  const auto cell = [&](std::size_t k) { return grid_cell(page, 2, 3, k, 0.09, (label_height + 32) * unit); };
  auto script = histogram_script(request, options.front(), quantity, cell(0));
  std::vector<LegendEntry> legend;
  for (const auto& [level, colour] : level_colours)
    legend.push_back({fmt::format("{} third", level), colour});
  add_before_plot(
      script, page_title(fmt::format("{}: activity of core cells by {} within their layer",
                                     shown_networks(request), shown_label(quantity.name)),
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
          const auto found = own.activity.find({shown, level});
          series.values.push_back(found == own.activity.end() ? std::vector<double>{} : found->second[m]);
          any = any || !without_nan(series.values.back()).empty();
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
