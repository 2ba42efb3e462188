// SPDX-License-Identifier: BSD-3-Clause
// The figures that are drawn from tables in BASE/metrics, one function per kind. Each reads its tables and
// returns canvas and script; MissingFileError names the command that makes an absent table, UsageError says
// that there is nothing to draw.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/request/figure_request.hpp"

namespace striate::metrics {

/// Rates, OSI and DSI by cell type beside the recordings', with the similarity of each below.
Figure tuning_boxes_figure(const FigureRequest& request);
/// Rates, OSI and DSI by population beside the recordings of its type; below DSI against rate, a dot a cell.
Figure populations_figure(const FigureRequest& request);
/// Normalised responses of core cells to the directions in the table, cells sorted by their tuning angle.
Figure tuning_map_figure(const FigureRequest& request);
/// Rows of a tuning map: each cell's rates over its largest one, neighbours averaged so that at most 90 rows
/// remain. `rates`: [cell * directions + direction]. Silent cells and absent rates do not count.
std::vector<double> tuning_rows(const std::vector<double>& rates, std::size_t directions,
                                std::size_t& row_count);
/// Rate, OSI, reliability and sparsity against contrast by layer.
Figure contrast_figure(const FigureRequest& request);
/// Responses of core cells to each contrast and direction, cells sorted by their tuning angle.
Figure contrast_map_figure(const FigureRequest& request);
/// Fractions of cells that respond to contrast.
Figure responders_figure(const FigureRequest& request);
/// How weights depend on the difference of preferred directions, by pair of types.
Figure preferred_direction_figure(const FigureRequest& request);
/// How weights depend on the correlation of responses, by pair of types.
Figure correlation_figure(const FigureRequest& request);
/// Mean currents from each source into each type; of BASE/metrics/actuation_matrix.csv.
Figure actuation_figure(const FigureRequest& request);
/// Percent change of rate, OSI, DSI and sparsity; a column per option.
Figure suppression_figure(const FigureRequest& request);
/// Power spectra by layer.
Figure spectra_figure(const FigureRequest& request);
/// |weight| onto each type; a panel per source.
Figure weights_figure(const FigureRequest& request);
/// Rates and selectivity of thirds of the cells by their weight; the distribution of this for one cell type.
Figure cohorts_figure(const FigureRequest& request);
/// On which cells the connections of thirds of the cells land; a row of panels per option.
Figure cohort_targets_figure(const FigureRequest& request);
/// Weights against properties of the source and of the target, by pair of types.
Figure weight_properties_figure(const FigureRequest& request);
/// Change of rates and tuning with a current into some cells; columns for each current.
Figure current_slopes_figure(const FigureRequest& request);
/// Rates and selectivity of cells for images, beside recordings; sparsity of types.
Figure images_figure(const FigureRequest& request);
/// How well images are told from the responses of some cells of each type; beside selectivity.
Figure decoding_figure(const FigureRequest& request);
/// Which images are taken for which, a matrix for each cell type.
Figure confusion_figure(const FigureRequest& request);
/// The course of training: losses, rates and similarities by type over steps, weights before and after; from
/// BASE/training/OPT.
Figure training_figure(const FigureRequest& request);
/// Weight against correlation, and against difference of directions, in panels by pair of types.
Figure correlation_curves_figure(const FigureRequest& request);
Figure direction_curves_figure(const FigureRequest& request);
/// p of random subsets of connections, as violins.
Figure p_values_figure(const FigureRequest& request);
/// Weights against function beside connections measured by electron microscopy.
Figure em_figure(const FigureRequest& request);
/// Mean rates of cells by type, a box for each option.
Figure rates_figure(const FigureRequest& request);
/// Similarities of the cell types for each metric and option, as boxes.
Figure similarity_figure(const FigureRequest& request);
/// Fano factor against bin width.
Figure fano_figure(const FigureRequest& request);

/// The spectra of the shipped paradigm, which the figure shows.
inline constexpr const char* shown_spectra_file = "contrasts_{option}/combined_spectra_700to2700.json";

/// The counts of the shipped paradigm, which the figure shows.
inline constexpr const char* shown_counts_file = "contrasts_{option}/spike_counts.h5";

/// The figure as a picture. The root works alone.
template <Figure (*make)(const FigureRequest&)>
std::vector<std::filesystem::path> drawn(const core::Call& call, const core::Comm& world) {
  const auto picture = picture_file(call);
  if (!world.is_root()) return {picture};
  const auto figure = make(figure_request(call));
  draw(picture, figure.canvas, figure.script);
  return {picture};
}

}  // namespace striate::metrics
