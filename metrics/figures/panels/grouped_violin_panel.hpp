// SPDX-License-Identifier: BSD-3-Clause
// Distributions as violins, side by side for each category: a Gaussian density (bandwidth by Scott's rule)
// from the smallest to the largest value, as wide as room is for its peak, with the median and the quartiles.
// Fewer than five values are drawn as points.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "metrics/figures/panels/box_panel.hpp"

namespace striate::metrics {

/// Of values that are no NaN and not all equal, at equal steps from the smallest to the largest.
struct Density {
  std::vector<double> at, value;
};
Density density_of(std::span<const double> values, std::size_t steps);

/// The panel's series must have values. On a logarithmic axis densities are those of the logarithms, and
/// values that are not positive are left out.
std::string grouped_violin_script(const BoxPanel& panel);

}  // namespace striate::metrics
