// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/bar_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace striate::metrics {
namespace {

constexpr double bar_room = 0.8;  // of the distance between categories

}  // namespace

std::string bar_panel_script(const BarPanel& panel) {
  std::string blocks, plots;
  double highest = panel.line.value_or(0);
  const double width = bar_room / static_cast<double>(std::max<std::size_t>(1, panel.series.size()));
  for (std::size_t s = 0; s < panel.series.size(); ++s) {
    const auto& series = panel.series[s];
    std::string rows;
    for (std::size_t c = 0; c < panel.categories.size(); ++c) {
      const double value = series.values[c];
      if (std::isnan(value)) continue;
      const double error = series.errors.empty() || std::isnan(series.errors[c]) ? 0 : series.errors[c];
      highest = std::max(highest, value + error);
      rows += fmt::format("{:.6g} {:.9g} {:.9g} {:.6g}\n",
                          static_cast<double>(c) + (static_cast<double>(s) + 0.5) * width - bar_room / 2,
                          value, error, width * 0.92);
    }
    if (rows.empty()) continue;
    blocks += fmt::format("${}_bars{} << END_OF_DATA\n{}END_OF_DATA\n", panel.name, s, rows);
    plots += fmt::format("{}${}_bars{} using 1:2:3:4 with boxerrorbars lw 0.6 lc rgb '{}'",
                         plots.empty() ? "plot " : ", ", panel.name, s, series.colour);
  }
  if (plots.empty()) plots = "plot NaN";
  std::string line;
  if (panel.line)
    line = fmt::format(
        "set arrow from graph 0,first {0:.9g} to graph 1,first {0:.9g} nohead dt 2 lw 0.7 lc rgb "
        "'#404040' front\n",
        *panel.line);
  return blocks + begin_panel(panel.where, panel.title) +
         fmt::format(
             "set ylabel {}\nset xrange [-0.6:{:.1f}]\nset yrange [0:{:.6g}]\nset bars 0.3\n"
             "set style fill solid 0.8\nset grid ytics lt 1 lw 0.4 lc rgb '#e0e0e0'\n",
             gnuplot_text(panel.y_label), static_cast<double>(panel.categories.size()) - 0.4,
             panel.y_high.value_or(highest > 0 ? highest * 1.08 : 1)) +
         (panel.category_labels ? category_tics('x', panel.categories) : std::string("unset xtics\n")) +
         line + plots + "\n";
}

}  // namespace striate::metrics
