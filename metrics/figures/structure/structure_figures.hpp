// SPDX-License-Identifier: BSD-3-Clause
// Figures of how a network is made, before anything is simulated. As those of figures/kinds: tables in,
// canvas and script out.
#pragma once

#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/request/figure_request.hpp"

namespace striate::metrics {

/// Peaks of connection probability and reciprocity by pair of types; probability against distance with fits.
Figure connectivity_figure(const FigureRequest& request);

/// Maps of some cells: ON less OFF, with the tuning angle; from rf_structure_maps.h5.
Figure receptive_field_figure(const FigureRequest& request);

}  // namespace striate::metrics
