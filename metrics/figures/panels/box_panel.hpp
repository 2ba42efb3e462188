// SPDX-License-Identifier: BSD-3-Clause
// Box plots of several data sets side by side for each category: quartiles by linear interpolation, whiskers
// to the last value within 1.5 times their distance (Tukey; seaborn's default), values beyond not drawn.
// Fewer than five values are drawn as points.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/figures/panels/figure_style.hpp"

namespace striate::metrics {

struct BoxStatistics {
  double low = 0, first = 0, median = 0, third = 0, high = 0;
  std::size_t count = 0;
};

/// nullopt without values. NaN are left out.
std::optional<BoxStatistics> box_statistics(std::span<const double> values);

struct BoxSeries {
  std::string label, colour;
  std::vector<std::vector<double>> values = {};  ///< [category]
  std::vector<std::optional<BoxStatistics>> boxes = {};  ///< [category], instead of values
};

struct BoxPanel {
  Rectangle where;
  std::string title, y_label;
  std::vector<std::string> categories;
  std::vector<BoxSeries> series;
  std::optional<double> y_low = {},
                        y_high = {};  ///< else from 0 (log: a little below the boxes) to the highest whisker
  bool log_y = false;
  bool category_labels = true;
  std::string name;  ///< of the data blocks; differs between panels of a figure
};

std::string box_panel_script(const BoxPanel& panel);

/// Coloured names in a row from `left`, at least `step` apart and farther where they are long; in a smaller
/// font where the page would be too narrow.
struct LegendEntry {
  std::string label, colour;
};
std::string legend_row(const std::vector<LegendEntry>& entries, double left, double y, double step,
                       int width = 720);

}  // namespace striate::metrics
