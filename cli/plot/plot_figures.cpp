// SPDX-License-Identifier: BSD-3-Clause
#include "cli/plot/plot_kinds.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::cli {

std::span<const FigureKind> figure_kinds() {
  static constexpr FigureKind kinds[] = {
      {"odsi", "rates, OSI, DSI beside Neuropixels with similarities", metrics::tuning_boxes_figure},
      {"tuning", "responses to the directions, cells by tuning angle", metrics::tuning_map_figure},
      {"contrast", "rate, OSI, sparsity, reliability against contrast", metrics::contrast_figure},
      {"responders", "cells that respond to contrast", metrics::responders_figure},
      {"preferred-direction", "weights against directions, pairs of types",
       metrics::preferred_direction_figure},
      {"correlation", "weights against correlations, pairs of types", metrics::correlation_figure},
      {"suppression", "percent change when cells are silenced", metrics::suppression_figure},
      {"spectra", "power spectra by layer", metrics::spectra_figure},
      {"weights", "distributions of weights, pairs of types", metrics::weights_figure},
      {"training", "losses, rates and weights over the steps of training", metrics::training_figure},
      {"fano", "Fano factor against bin width", metrics::fano_figure},
  };
  return kinds;
}

metrics::FigureRequest figure_request(const PlotRequest& request) {
  metrics::FigureRequest figure{
      .base = request.path,
      .options = request.options,
      .tables = request.tables.value_or(request.path / "metrics"),
      .reference = request.reference
                       ? metrics::read_unit_table(*request.reference, 0)
                       : metrics::read_compact_table(io::config_directory() / "reference/neuropixels.csv"),
      .contrast = request.contrast.value_or(0.8),
      .core = request.core};
  if (figure.options.empty()) figure.options = {"plain"};
  return figure;
}

std::filesystem::path plot_figure(const FigureKind& kind, const PlotRequest& request) {
  const auto figure = kind.make(figure_request(request));
  const auto picture = request.picture_or(fmt::format("{}_{}.png", kind.name, request.first_option()));
  metrics::draw(picture, figure.canvas, figure.script);
  return picture;
}

}  // namespace striate::cli
