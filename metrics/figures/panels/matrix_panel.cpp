// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/matrix_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace striate::metrics {
namespace {

/// Numbers in cells, white on dark colours.
std::string number_labels(const MatrixPanel& panel) {
  std::string text;
  const std::size_t columns = panel.columns.size();
  for (std::size_t k = 0; k < panel.values.size(); ++k) {
    const double value = panel.values[k];
    if (std::isnan(value)) continue;
    const double place = std::clamp((value - panel.low) / (panel.high - panel.low), 0.0, 1.0);
    const bool dark = panel.colours == Palette::sequential ? place < 0.55 : std::abs(place - 0.5) > 0.35;
    auto number = fmt::format(fmt::runtime(panel.number_format), value);
    if (number.starts_with('-') && number.find_first_not_of("-0.") == std::string::npos) number.erase(0, 1);
    if (!panel.starred.empty() && panel.starred[k]) number += '*';
    text +=
        fmt::format("set label {} at first {},{} center font ',{}' tc rgb '{}' front\n", gnuplot_text(number),
                    k % columns, k / columns, panel.number_size, dark ? "#ffffff" : "#000000");
  }
  return text;
}

std::string strokes(const MatrixPanel& panel) {
  std::string text;
  const std::size_t columns = panel.columns.size();
  for (std::size_t k = 0; k < panel.values.size(); ++k) {
    if (!std::isnan(panel.values[k])) continue;
    const auto x = static_cast<double>(k % columns), y = static_cast<double>(k / columns);
    text += fmt::format("set arrow from first {},{} to first {},{} nohead lw 0.4 lc rgb '#a0a0a0' front\n",
                        x - 0.5, y + 0.5, x + 0.5, y - 0.5);
  }
  return text;
}

}  // namespace

std::string palette(Palette which) {
  if (which == Palette::diverging)
    return "set palette defined (-1 '#2166ac', -0.5 '#92c5de', 0 '#f7f7f7', 0.5 '#f4a582', 1 '#b2182b')\n";
  return "set palette defined (0 '#440154', 0.13 '#472c7a', 0.25 '#3b518b', 0.38 '#2c718e', 0.5 '#21908d', "
         "0.63 '#27ad81', 0.75 '#5cc863', 0.88 '#aadc32', 1 '#fde725')\n";
}

std::string matrix_panel_script(const MatrixPanel& panel) {
  const auto rows = static_cast<double>(panel.rows.size()),
             columns = static_cast<double>(panel.columns.size());
  std::string script = matrix_block(panel.name, panel.values, panel.columns.size()) +
                       begin_panel(panel.where, panel.title) + palette(panel.colours);
  script += fmt::format(
      "set xrange [-0.5:{}]\nset yrange [{}:-0.5]\nset cbrange [{:.6g}:{:.6g}]\nset border 15 lw 0.4\n",
      columns - 0.5, rows - 0.5, panel.low, panel.high);
  script += panel.column_labels ? category_tics('x', panel.columns, panel.column_turn)
                                : std::string("unset xtics\n");
  script += panel.row_labels ? category_tics('y', panel.rows) : std::string("unset ytics\n");
  if (!panel.x_label.empty())
    script += fmt::format("set xlabel {} offset 0,0.2\n", gnuplot_text(panel.x_label));
  if (!panel.y_label.empty()) script += fmt::format("set ylabel {}\n", gnuplot_text(panel.y_label));
  if (panel.colour_label.empty()) {
    script += "unset colorbox\n";
  } else {
    script += fmt::format(
        "set colorbox user origin {:.5f},{:.5f} size 0.012,{:.5f} border\nset cblabel {} font ',{}' "
        "offset -0.5,0\nset cbtics font ',{}' scale 0.3\n",
        panel.where.right + 0.012, panel.where.bottom, panel.where.top - panel.where.bottom,
        gnuplot_text(panel.colour_label), label_font, small_font);
  }
  if (!panel.number_format.empty()) script += number_labels(panel);
  return script + strokes(panel) + plot_cells(panel.name);
}

std::string plot_cells(const std::string& block) {
  return fmt::format(
      "plot ${} matrix using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fs solid noborder lc "
      "palette\n",
      block);
}

double largest_magnitude(std::span<const double> values) {
  double largest = 0;
  for (const double value : values)
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  return largest > 0 ? largest : 1;
}

}  // namespace striate::metrics
