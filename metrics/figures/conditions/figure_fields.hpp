// SPDX-License-Identifier: BSD-3-Clause
// Receptive fields from responses: the map of one cell of each type, the one whose field is surest, with the
// Gaussians through it.
#pragma once

#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/request/figure_request.hpp"

namespace striate::metrics {

/// From rf_gabors_cells_OPT.csv and rf_gabors_maps_OPT.h5: spikes by place.
Figure gabor_fields_figure(const FigureRequest& request);
/// From rf_noise_cells_OPT.csv and rf_noise_maps_OPT.h5: averages of light less those of dark squares.
Figure noise_fields_figure(const FigureRequest& request);

}  // namespace striate::metrics
