// SPDX-License-Identifier: BSD-3-Clause
// Tuning to the variables of any paradigm: for each variable curves of the types and what their cells prefer,
// for pairs of variables maps, and numbers of cells beside recorded medians.
#pragma once

#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/request/figure_request.hpp"

namespace striate::metrics {

Figure tuning_figure(const FigureRequest& request);

}  // namespace striate::metrics
