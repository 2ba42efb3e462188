// SPDX-License-Identifier: BSD-3-Clause
// Bars of several data sets side by side for each category, with error bars.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "metrics/figures/panels/figure_style.hpp"

namespace striate::metrics {

struct BarSeries {
  std::string label, colour;
  std::vector<double> values, errors = {};  ///< [category]; NaN: no bar, no error bar
};

struct BarPanel {
  Rectangle where;
  std::string title, y_label;
  std::vector<std::string> categories;
  std::vector<BarSeries> series;
  std::optional<double> y_high = {};  ///< else a little above the highest bar
  std::optional<double> line = {};  ///< a dashed line at this height
  bool category_labels = true;
  std::string name;  ///< of the data blocks; differs between panels of a figure
};

std::string bar_panel_script(const BarPanel& panel);

}  // namespace striate::metrics
