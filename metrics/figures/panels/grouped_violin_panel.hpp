// SPDX-License-Identifier: BSD-3-Clause
// Distributions as violins, side by side for each category, in place of a panel of boxes: as wide as room is
// for their peak, with the median and the quartiles. Fewer than five values are drawn as points.
#pragma once

#include <string>

#include "metrics/figures/panels/box_panel.hpp"

namespace striate::metrics {

/// The panel's series must have values. On a logarithmic axis densities are those of the logarithms, and
/// values that are not positive are left out.
std::string grouped_violin_script(const BoxPanel& panel);

}  // namespace striate::metrics
