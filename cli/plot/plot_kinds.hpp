// SPDX-License-Identifier: BSD-3-Clause
// The pictures of `striate plot KIND`: one table holds name, help and function (cli/cmd_plot.cpp). Pictures
// of runs are in cli/plot/plot_activity.cpp, those drawn from tables in cli/plot/plot_figures.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments/command.hpp"
#include "metrics/figures/kinds/figures.hpp"

namespace striate::cli {

/// What a kind of picture is made from.
struct PlotRequest {
  std::filesystem::path path;  ///< BASE, or a configuration
  std::vector<std::string> options;  ///< network options, such as "plain"; may be empty
  std::optional<std::filesystem::path> spikes, picture, tables, reference;
  std::optional<double> begin_ms, end_ms, bin_ms, contrast;
  std::vector<double> times_ms;
  metrics::CoreRule core;

  std::string first_option() const { return options.empty() ? "plain" : options.front(); }
  std::filesystem::path picture_or(const std::string& name) const {
    return picture.value_or(path / "figures" / name);
  }
};

/// Each draws and returns the picture's path.
std::filesystem::path plot_stimulus(const PlotRequest& request);
std::filesystem::path plot_lgn(const PlotRequest& request);
std::filesystem::path plot_raster(const PlotRequest& request);

/// Throws UsageError for what is no name of a network option.
void check_option_name(const std::string& name);

/// A picture made from tables in BASE/metrics.
struct FigureKind {
  const char* name;
  const char* help;
  metrics::Figure (*make)(const metrics::FigureRequest&);
};
std::span<const FigureKind> figure_kinds();
metrics::FigureRequest figure_request(const PlotRequest& request);
std::filesystem::path plot_figure(const FigureKind& kind, const PlotRequest& request);

}  // namespace striate::cli
