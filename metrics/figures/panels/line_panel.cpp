// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/line_panel.hpp"

#include <fmt/format.h>

#include <cmath>

namespace striate::metrics {
namespace {

/// gnuplot cannot find a range for an axis without data: then what is not given is ten times the other end or
/// a tenth of it, good for any scale.
std::string range(const char* axis, std::optional<double> low, std::optional<double> high, bool empty) {
  if (empty && !high) high = low && *low <= 0 ? *low + 1 : low.value_or(1) * 10;
  if (empty && !low) low = *high > 0 ? *high / 10 : *high - 1;
  const auto end = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.6g}", *value) : std::string("*");
  };
  return fmt::format("set {}range [{}:{}]\n", axis, end(low), end(high));
}

}  // namespace

std::string line_panel_script(const LinePanel& panel) {
  std::string blocks, plots;
  for (std::size_t k = 0; k < panel.curves.size(); ++k) {
    const Curve& curve = panel.curves[k];
    std::string rows;
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (std::isnan(curve.y[i])) continue;
      const double error = curve.error.empty() || std::isnan(curve.error[i]) ? 0 : curve.error[i];
      rows += fmt::format("{:.9g} {:.9g} {:.9g}\n", curve.x[i], curve.y[i], error);
    }
    if (rows.empty()) continue;
    const auto block = fmt::format("{}_curve{}", panel.name, k);
    blocks += fmt::format("${} << END_OF_DATA\n{}END_OF_DATA\n", block, rows);
    if (!curve.error.empty())
      plots += fmt::format("{}${} using 1:($2-$3):(0):(2*$3) with vectors nohead lw 0.8 lc rgb '{}' notitle",
                           plots.empty() ? "plot " : ", ", block, curve.colour);
    plots += fmt::format("{}${} using 1:2 with {} dt {} lw 1.2 lc rgb '{}'{} title {}",
                         plots.empty() ? "plot " : ", ", block,
                         curve.steps ? "histeps" : (curve.points ? "linespoints" : "lines"), curve.dash,
                         curve.colour, curve.points ? " pt 7 ps 0.3" : "", gnuplot_text(curve.label));
  }
  const bool empty = plots.empty();
  if (empty) plots = "set label 'no data' at graph 0.5,0.5 center\nplot NaN notitle";
  std::string script = blocks + begin_panel(panel.where, panel.title) +
                       fmt::format("set xlabel {}\nset ylabel {}\n", gnuplot_text(panel.x_label),
                                   gnuplot_text(panel.y_label)) +
                       range("x", panel.x_low, panel.x_high, empty) +
                       range("y", panel.y_low, panel.y_high, empty) +
                       "set grid ytics lt 1 lw 0.4 lc rgb '#e8e8e8'\n";
  if (panel.log_x) script += "set logscale x\n";
  if (panel.log_y) script += "set logscale y\nset format y '%.0e'\n";
  if (panel.legend_left && panel.legend_top)
    script += fmt::format(
        "set key at screen {:.5f},{:.5f} left top Left reverse font ',7' samplen 1.4 spacing 0.95 maxcols "
        "1\n",
        *panel.legend_left, *panel.legend_top);
  return script + panel.extra + plots + "\n";
}

}  // namespace striate::metrics
