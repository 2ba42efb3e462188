// SPDX-License-Identifier: BSD-3-Clause
// Spikes of all cells by layer and class, and below them the mean rate of each class over time.
#pragma once

#include <string>
#include <vector>

#include "metrics/figures/kinds/raster.hpp"
#include "metrics/figures/panels/figure_style.hpp"

namespace striate::metrics {

struct RasterRequest {
  std::vector<CellGroup> groups;  ///< "L4 PV" …
  io::SpikeTrains spikes;
  TimeWindow window;
  double bin_ms = 20;
  std::string title;
};

/// The same cells by class over all layers: the word after the first blank of each label.
std::vector<CellGroup> class_groups(const std::vector<CellGroup>& groups);

Figure raster_figure(const RasterRequest& request);

}  // namespace striate::metrics
