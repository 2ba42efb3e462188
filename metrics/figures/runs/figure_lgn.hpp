// SPDX-License-Identifier: BSD-3-Clause
// Spikes of the LGN by class, below them the rates of the classes over time, a panel for each family of them
// (sON, sOFF, tOFF, …), beside the rates that were expected where these were written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/panels/line_panel.hpp"
#include "metrics/figures/runs/raster.hpp"

namespace striate::metrics {

/// What is before the first underscore of a class: "sON" of "sON_TF4".
std::string lgn_family(const std::string& name);
/// Colours: one for each family, from dark to pale over its classes.
void colour_by_family(std::vector<RasterGroup>& classes);

/// Mean expected rate of each class in bins of `bin_ms` from the window's begin on, NaN where no sample is.
/// Throws FormatError for a file that has not these nodes.
std::vector<std::vector<double>> expected_rates(const std::filesystem::path& file,
                                                const std::string& population,
                                                const std::vector<RasterGroup>& classes,
                                                const TimeWindow& window, double bin_ms);

struct LgnRequest {
  std::string title;
  std::vector<RasterGroup> classes;
  io::SpikeTrains spikes;
  TimeWindow window;
  double bin_ms = 50;
  std::vector<std::vector<double>> expected = {};  ///< by class; empty: not known
};
Figure lgn_figure(const LgnRequest& request);

/// The picture `plot lgn`. The root works alone.
std::vector<std::filesystem::path> run_lgn_figure(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
