// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/line_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

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
    if (curve.dots) {
      plots += fmt::format("{}${} using 1:2 with points pt 7 ps 0.15 lc rgb '{}' title {}",
                           plots.empty() ? "plot " : ", ", block, curve.colour, gnuplot_text(curve.label));
      continue;
    }
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
        "set key at screen {:.5f},{:.5f} left top Left reverse font ',{}' samplen 1.4 spacing 0.95 maxcols "
        "1\n",
        *panel.legend_left, *panel.legend_top, small_font);
  return script + panel.extra + plots + "\n";
}

void share_axes(std::span<LinePanel> panels, std::size_t columns) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& panel : panels)
    for (const auto& curve : panel.curves)
      for (const double y : curve.y)
        if (std::isfinite(y) && (y > 0 || !panel.log_y)) low = std::min(low, y), high = std::max(high, y);
  for (std::size_t k = 0; k < panels.size(); ++k) {
    auto& panel = panels[k];
    if (k % columns != 0) panel.y_label.clear();
    if (k + columns < panels.size()) panel.x_label.clear();
    if (!(low <= high)) continue;
    if (panel.log_y && low == high) low /= 2, high *= 2;
    panel.y_low = panel.log_y ? std::pow(10, std::floor(std::log10(low))) : low;
    panel.y_high = panel.log_y ? std::pow(10, std::ceil(std::log10(high))) : high;
  }
}

}  // namespace striate::metrics
