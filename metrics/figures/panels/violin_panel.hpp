// SPDX-License-Identifier: BSD-3-Clause
// Distributions as violins: for each category the density of its values (normal kernel, Silverman's width)
// to both sides, the median, and perhaps a mark to compare with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "metrics/figures/panels/figure_style.hpp"

namespace striate::metrics {

struct Violin {
  std::string label, colour;
  std::vector<double> values;  ///< NaN are left out
  std::optional<double> mark = {};
};

struct ViolinPanel {
  Rectangle where;
  std::string title, y_label;
  std::vector<Violin> violins;
  double y_low = 0, y_high = 1;
  std::vector<double> lines = {};  ///< across the panel
  std::string name;  ///< of the data blocks
};

/// Densities at `count` places from the least to the greatest value; the place of one value alone.
struct Density {
  std::vector<double> place, density;
};
Density density_of(std::vector<double> values, std::size_t count = 64);

std::string violin_panel_script(const ViolinPanel& panel);

}  // namespace striate::metrics
