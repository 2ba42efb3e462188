// SPDX-License-Identifier: BSD-3-Clause
// Curves with error bars and a legend of their own beside or above the axes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/figures/panels/figure_style.hpp"

namespace striate::metrics {

struct Curve {
  std::string label, colour;
  std::vector<double> x = {}, y = {};
  std::vector<double> error = {};  ///< half a bar, or empty
  int dash = 1;  ///< gnuplot's dash type
  bool points = false;
  bool steps = false;
  bool dots = false;  ///< small dots without lines
};

/// A curve through a function at `count` places.
template <class Function>
Curve sampled(double low, double high, const Function& function, std::size_t count = 61) {
  Curve curve{.label = "", .colour = "#000000"};
  for (std::size_t i = 0; i < count; ++i) {
    const double x = low + (high - low) * static_cast<double>(i) / static_cast<double>(count - 1);
    curve.x.push_back(x);
    curve.y.push_back(function(x));
  }
  return curve;
}

struct LinePanel {
  Rectangle where;
  std::string title, x_label, y_label;
  std::vector<Curve> curves = {};
  std::optional<double> x_low = {}, x_high = {}, y_low = {}, y_high = {};
  bool log_x = false, log_y = false;
  std::string extra = {};  ///< further commands before the plot
  std::optional<double> legend_left = {}, legend_top = {};  ///< on the page; no legend without
  std::string name = {};
};

std::string line_panel_script(const LinePanel& panel);

/// Panels in rows of `columns` get one range of y (whole decades on logarithmic axes), and names of axes at
/// the left and at the bottom only.
void share_axes(std::span<LinePanel> panels, std::size_t columns);

}  // namespace striate::metrics
