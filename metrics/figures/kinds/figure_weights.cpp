// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/figures/panels/pair_matrix.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

constexpr std::size_t panel_columns = 2;

/// A box for each pair of types: [source * types + target].
std::vector<std::optional<BoxStatistics>> pair_boxes(const io::DelimitedTable& table,
                                                     const std::vector<std::string>& types) {
  std::vector<std::optional<BoxStatistics>> boxes(types.size() * types.size());
  const auto low = pair_matrix(table, types, "low_whisker(pA)"), first = pair_matrix(table, types, "q25(pA)"),
             middle = pair_matrix(table, types, "median(pA)"), third = pair_matrix(table, types, "q75(pA)"),
             high = pair_matrix(table, types, "high_whisker(pA)"), edges = pair_matrix(table, types, "edges");
  for (std::size_t pair = 0; pair < boxes.size(); ++pair)
    if (edges[pair] > 0)
      boxes[pair] = BoxStatistics{.low = low[pair],
                                  .first = first[pair],
                                  .median = middle[pair],
                                  .third = third[pair],
                                  .high = high[pair],
                                  .count = static_cast<std::size_t>(edges[pair])};
  return boxes;
}

/// Spearman's r over targets between the medians of the first option and of each further one; "" for one.
std::string rank_correlations(const std::vector<std::vector<std::optional<BoxStatistics>>>& boxes,
                              std::size_t source, std::size_t types) {
  std::string text;
  for (std::size_t k = 1; k < boxes.size(); ++k) {
    std::vector<double> own, other;
    for (std::size_t pair = source * types; pair < (source + 1) * types; ++pair)
      if (boxes[0][pair] && boxes[k][pair]) {
        own.push_back(boxes[0][pair]->median);
        other.push_back(boxes[k][pair]->median);
      }
    const double r = spearman(own, other);
    text += (k == 1 ? ": r " : ", ") + (std::isnan(r) ? std::string("undefined") : fmt::format("{:.2f}", r));
  }
  return text;
}

}  // namespace

Figure weights_figure(const FigureRequest& request) {
  std::vector<io::DelimitedTable> tables;
  std::vector<std::string> types;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    tables.push_back(
        read_result(request, request.table("weight_distribution", k), "weights", request.options[k]));
    if (k == 0) types = paired_types(tables[0]);
    // Pairs of types that only a further option has are not shown.
    std::erase_if(tables[k].rows, [&](const auto& row) {
      return std::ranges::any_of(
          std::initializer_list<const char*>{"source_type", "target_type"}, [&](auto* end) {
            return std::ranges::find(types, row.cells[tables[k].column(end)]) == types.end();
          });
    });
  }
  std::vector<std::vector<std::optional<BoxStatistics>>> boxes;
  std::vector<LegendEntry> legend;
  for (std::size_t k = 0; k < tables.size(); ++k) {
    boxes.push_back(pair_boxes(tables[k], types));
    legend.push_back({request.options[k], dataset_colour(k)});
  }
  // One scale for all panels.
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const auto& of_option : boxes)
    for (const auto& box : of_option) {
      if (!box) continue;
      if (box->first > 0) low = std::min(low, box->first);
      high = std::max(high, box->high);
    }
  const std::size_t rows = (types.size() + panel_columns - 1) / panel_columns;
  Figure figure{.canvas = paper(720, static_cast<int>(110 + 92 * rows)), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  for (std::size_t source = 0; source < types.size(); ++source) {
    BoxPanel panel{
        .where = grid_cell({.left = 0.085, .right = 0.985, .bottom = 58 * unit, .top = 1 - 66 * unit},
                           panel_columns, rows, source, 0.085, 26 * unit),
        .title = "from " + shown_label(types[source]) + rank_correlations(boxes, source, types.size()),
        .y_label = source % panel_columns == 0 ? "|weight| (pA)" : "",
        .categories = types,
        .series = {},
        .y_low = high > 0 ? std::min(low, high) / 10 : 0.1,
        .y_high = high > 0 ? 2 * high : 1,
        .log_y = true,
        .category_labels = source + panel_columns >= types.size(),
        .name = fmt::format("w{}", source)};
    for (std::size_t k = 0; k < boxes.size(); ++k) {
      const auto begin = boxes[k].begin() + static_cast<std::ptrdiff_t>(source * types.size());
      panel.series.push_back({.label = request.options[k],
                              .colour = boxes.size() == 1 ? type_colour(types[source]) : dataset_colour(k),
                              .boxes = {begin, begin + static_cast<std::ptrdiff_t>(types.size())}});
    }
    auto script = box_panel_script(panel);
    if (source == 0) {
      auto page = page_title(fmt::format("{}, {}: weights of connections between core cells, by target",
                                         shown_networks(request), request.options.front()),
                             figure.canvas.height);
      if (boxes.size() > 1) page += legend_row(legend, 0.09, 1 - 38 * unit, 0.16);
      add_before_plot(script, page);
    }
    figure.script += script;
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
