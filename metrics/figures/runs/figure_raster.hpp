// SPDX-License-Identifier: BSD-3-Clause
// Spikes of cells by layer and class or type, below them the mean rate of each class over time and, where
// asked for, the spectra of the groups by layer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/runs/raster.hpp"

namespace striate::metrics {

struct RasterRequest {
  std::vector<RasterGroup> groups;  ///< that are drawn: "L4 PV" …
  std::vector<RasterGroup> classes;  ///< the same cells over all layers, whose rates are drawn: "PV" …
  io::SpikeTrains spikes;
  TimeWindow window;
  double bin_ms = 20;
  std::vector<double> marks_ms = {};  ///< times with a line through the picture, such as the stimulus' onset
  std::optional<TimeWindow> spectra = {};  ///< of which spectra are drawn
  std::string title;
};

/// The same cells by class over all layers: the word after the first blank of each label.
std::vector<RasterGroup> class_groups(const std::vector<RasterGroup>& groups);

/// Width of the bins of rates: `usual_ms`; for more than 250 bins the next of 1, 2, 5, 10, … times a power of
/// ten.
double sensible_bin(double usual_ms, double shown_ms);

Figure raster_figure(const RasterRequest& request);

/// The picture `plot raster`. The root works alone.
std::vector<std::filesystem::path> run_raster(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
