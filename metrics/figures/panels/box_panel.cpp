// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/box_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "metrics/figures/panels/text_size.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

constexpr std::size_t least_for_a_box = 5;
constexpr double smallest_shown = 1e-30;  // a whisker that ends at 0 leaves a logarithmic axis
constexpr double used_width = 0.78;  // of the distance between categories

/// Rows of one series: x, five numbers, box width; or x, value for points.
struct SeriesRows {
  std::string boxes, points;
  double highest = 0, lowest = std::numeric_limits<double>::infinity();
};

SeriesRows rows_of(const BoxPanel& panel, std::size_t s) {
  SeriesRows rows;
  const BoxSeries& series = panel.series[s];
  const double width = used_width / static_cast<double>(panel.series.size());
  for (std::size_t c = 0; c < panel.categories.size(); ++c) {
    const bool summarised = !series.boxes.empty();
    const auto box = summarised ? series.boxes[c] : box_statistics(series.values[c]);
    if (!box) continue;
    const double x = static_cast<double>(c) + (static_cast<double>(s) + 0.5) * width - used_width / 2;
    rows.highest = std::max(rows.highest, box->high);
    if (box->first > 0) rows.lowest = std::min(rows.lowest, box->first);
    if (!summarised && box->count < least_for_a_box) {
      for (const double value : without_nan(series.values[c])) {
        rows.points += fmt::format("{:.6g} {:.9g}\n", x, value);
        rows.highest = std::max(rows.highest, value);
      }
    } else {
      rows.boxes += fmt::format("{:.6g} {:.9g} {:.9g} {:.9g} {:.9g} {:.9g} {:.6g}\n", x, box->first,
                                panel.log_y ? std::max(box->low, smallest_shown) : box->low, box->high,
                                box->third, box->median, width * 0.86);
    }
  }
  return rows;
}

}  // namespace

std::optional<BoxStatistics> box_statistics(std::span<const double> values) {
  auto kept = without_nan(values);
  if (kept.empty()) return std::nullopt;
  std::ranges::sort(kept);
  BoxStatistics box{.first = quantile(kept, 0.25),
                    .median = quantile(kept, 0.5),
                    .third = quantile(kept, 0.75),
                    .count = kept.size()};
  const double reach = 1.5 * (box.third - box.first);
  box.low = *std::ranges::find_if(kept, [&](double v) { return v >= box.first - reach; });
  box.high = *std::find_if(kept.rbegin(), kept.rend(), [&](double v) { return v <= box.third + reach; });
  // Between two values the interpolated quartile may lie beyond the last one in reach.
  box.low = std::min(box.low, box.first);
  box.high = std::max(box.high, box.third);
  return box;
}

std::string box_panel_script(const BoxPanel& panel) {
  std::string blocks, plots;
  double highest = 0, lowest = std::numeric_limits<double>::infinity();
  const auto add = [&](const std::string& block, const std::string& rows, const std::string& plot) {
    if (rows.empty()) return;
    blocks += fmt::format("${} << END_OF_DATA\n{}END_OF_DATA\n", block, rows);
    plots += fmt::format("{}{}", plots.empty() ? "plot " : ", ", plot);
  };
  for (std::size_t s = 0; s < panel.series.size(); ++s) {
    const auto rows = rows_of(panel, s);
    highest = std::max(highest, rows.highest);
    lowest = std::min(lowest, rows.lowest);
    const auto boxes = fmt::format("{}_boxes{}", panel.name, s),
               points = fmt::format("{}_points{}", panel.name, s);
    add(boxes, rows.boxes,
        fmt::format(
            "${0} using 1:2:3:4:5:7 with candlesticks fs solid 0.75 border rgb '#303030' lw 0.5 lc rgb "
            "'{1}' whiskerbars 0, ${0} using 1:6:6:6:6:7 with candlesticks lw 1.1 lc rgb '#000000'",
            boxes, panel.series[s].colour));
    add(points, rows.points,
        fmt::format("${} using 1:2 with points pt 7 ps 0.25 lc rgb '{}'", points, panel.series[s].colour));
  }
  if (plots.empty()) plots = "plot NaN";
  const double top = panel.y_high.value_or(highest > 0 ? highest * (panel.log_y ? 2 : 1.05) : 1);
  const double bottom = panel.y_low.value_or(panel.log_y ? std::min(lowest, top) / 10 : 0);
  return blocks + begin_panel(panel.where, panel.title) +
         fmt::format("set ylabel {}\nset xrange [-0.6:{:.1f}]\nset yrange [{:.6g}:{:.6g}]\n{}",
                     gnuplot_text(panel.y_label), static_cast<double>(panel.categories.size()) - 0.4, bottom,
                     top, panel.log_y ? "set logscale y\nset format y '%g'\n" : "") +
         // Tics such as 0.0001 would push the label off the page.
         (panel.log_y && bottom < 1e-3 ? "set ylabel offset 3,0\n" : "") +
         "set grid ytics lt 1 lw 0.4 lc rgb '#e0e0e0'\nset style fill solid\n" +
         (panel.category_labels ? category_tics('x', panel.categories) : std::string("unset xtics\n")) +
         plots + "\n";
}

std::string legend_row(const std::vector<LegendEntry>& entries, double left, double y, double step,
                       int width) {
  constexpr double mark = 0.019, gap = 0.02, edge = 0.99;
  const auto advance = [&](const LegendEntry& entry, double font) {
    return std::max(step, mark + text_width(entry.label, font) / width + gap);
  };
  double font = label_font;
  const auto needed = [&] {
    double sum = left - gap;
    for (const auto& entry : entries) sum += advance(entry, font);
    return sum;
  };
  while (needed() > edge && (step > 0 || font > 5)) {
    if (step > 0)
      step = 0;
    else
      font -= 0.5;
  }
  std::string text;
  double x = left;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    text += fmt::format(
                "set object rectangle from screen {:.5f},{:.5f} to screen {:.5f},{:.5f} fc rgb '{}' fs "
                "solid noborder\n",
                x, y - 0.005, x + 0.014, y + 0.005, entries[k].colour) +
            page_text(entries[k].label, x + mark, y, fmt::format("left font ',{}'", font));
    x += advance(entries[k], font);
  }
  return text;
}

}  // namespace striate::metrics
