// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/figures/panels/line_panel.hpp"

namespace striate::metrics {
namespace {

struct PopulationMetric {
  const char *reference, *title, *axis;
  std::vector<double> TuningColumns::*column;
  bool needs_response, fraction;
};
constexpr std::array population_metrics{
    PopulationMetric{"spontaneous_rate", "Spontaneous rate", "rate (Hz)", &TuningColumns::spontaneous_rate,
                     false, false},
    PopulationMetric{"average_rate", "Rate averaged over directions", "rate (Hz)", &TuningColumns::mean_rate,
                     false, false},
    PopulationMetric{"preferred_rate", "Rate at the preferred direction", "rate (Hz)",
                     &TuningColumns::max_rate, false, false},
    PopulationMetric{"OSI", "Orientation selectivity", "OSI", &TuningColumns::osi, true, true},
    PopulationMetric{"DSI", "Direction selectivity", "DSI", &TuningColumns::dsi, true, true}};

struct TunedNetwork {
  Cells cells;
  std::vector<TuningColumns> tunings;  ///< [option]
};

/// Populations of core cells, excitatory ones from the surface down first, as the figures show their types.
std::vector<std::string> shown_populations(const std::vector<TunedNetwork>& networks) {
  std::set<std::string> names;
  for (const auto& [cells, tunings] : networks)
    for (const auto row : core_rows(cells)) names.insert(cells.population_of(row));
  std::vector<std::string> populations(names.begin(), names.end()), types;
  for (const auto& name : populations) types.push_back(cell_type_of(name));
  sort_types(types);
  std::ranges::stable_sort(populations, {}, [&](const std::string& name) {
    return std::ranges::find(types, cell_type_of(name)) - types.begin();
  });
  return populations;
}

/// What was recorded of the type of a population, L5_Exc standing for its three types.
std::vector<double> recorded(const ReferenceValues& reference, const std::string& population,
                             const std::string& metric) {
  const auto type = cell_type_of(population);
  const auto values = values_of(reference.values, type, metric);
  return values.empty() ? values_of(reference.values, aggregate_l5(type), metric) : values;
}

BoxPanel boxes_of(const FigureRequest& request, const std::vector<TunedNetwork>& networks,
                  const std::vector<std::string>& populations, const PopulationMetric& metric) {
  BoxPanel panel{.where = {},
                 .title = metric.title,
                 .y_label = metric.axis,
                 .categories = populations,
                 .series = {},
                 .y_high = metric.fraction ? std::optional(1.0) : std::nullopt,
                 .name = metric.reference};
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    std::map<std::string, std::vector<double>> values;
    for (const auto& [cells, tunings] : networks)
      for (const auto row : core_rows(cells))
        if (!metric.needs_response || tunings[k].max_rate[row] >= request.min_rate_hz)
          values[cells.population_of(row)].push_back((tunings[k].*metric.column)[row]);
    BoxSeries series{.label = request.options[k], .colour = dataset_colour(k)};
    for (const auto& population : populations) series.values.push_back(values[population]);
    panel.series.push_back(std::move(series));
  }
  BoxSeries recordings{.label = "Neuropixels", .colour = recordings_colour};
  for (const auto& population : populations)
    recordings.values.push_back(recorded(request.reference, population, metric.reference));
  panel.series.push_back(std::move(recordings));
  return panel;
}

/// DSI against the rate at the preferred direction, a dot for each core cell that fires.
std::vector<LinePanel> scatter_panels(const std::vector<TunedNetwork>& networks, const Rectangle& where) {
  std::vector<LinePanel> panels;
  for (std::size_t g = 0; g < layer_groups().size(); ++g) {
    LinePanel panel{.where = grid_cell(where, layer_groups().size(), 1, g, 0.02, 0),
                    .title = layer_groups()[g].title,
                    .x_label = "",
                    .y_label = "DSI",
                    .curves = {},
                    .extra = g == 0 ? "" : "set format y ''\n",
                    .name = fmt::format("scatter{}", g)};
    for (const auto& type : layer_groups()[g].types) {
      Curve curve{.label = shown_label(type), .colour = type_colour(type), .dots = true};
      for (const auto& [cells, tunings] : networks) {
        const auto& tuning = tunings.front();
        for (const auto row : core_rows(cells))
          if (cells.type_of(row) == type && tuning.max_rate[row] > 0 && !std::isnan(tuning.dsi[row])) {
            curve.x.push_back(tuning.max_rate[row]);
            curve.y.push_back(tuning.dsi[row]);
          }
      }
      if (!curve.x.empty()) panel.curves.push_back(std::move(curve));
    }
    panels.push_back(std::move(panel));
  }
  share_axes(panels, panels.size());
  double fastest = 1;
  for (const auto& panel : panels)
    for (const auto& curve : panel.curves) fastest = std::max(fastest, std::ranges::max(curve.x));
  for (auto& panel : panels) {
    panel.x_label = "preferred rate (Hz)";
    panel.x_low = 0;
    panel.x_high = fastest * 1.03;
    panel.y_low = 0;
    panel.y_high = 1.03;
  }
  return panels;
}

}  // namespace

Figure populations_figure(const FigureRequest& request) {
  std::vector<TunedNetwork> networks;
  for (const auto& network : request.each_network())
    networks.push_back({read_cells(network, request.core), {}});
  std::vector<LegendEntry> legend;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    MadeAlike alike;
    for (std::size_t n = 0; n < networks.size(); ++n) {
      const auto network = request.each_network()[n];
      const auto file = table_file(odsi_files.items[0], request.tables_of(network), request.options[k]);
      core::require_readable(
          file, fmt::format("made by 'striate metrics odsi {} {}'", network.string(), request.options[k]));
      networks[n].tunings.push_back(read_tuning(file, networks[n].cells));
      alike.add(file, network);
    }
    legend.push_back({request.options[k], dataset_colour(k)});
  }
  legend.push_back({"Neuropixels (by cell type)", recordings_colour});
  const auto populations = shown_populations(networks);
  if (populations.empty())
    throw core::UsageError("no cell of {} lies within {} um of the axis (only core cells are shown)",
                           request.base, request.core.radius_um);

  constexpr int top = 78, box_height = 120, gap = 32, scatter_height = 150, below = 44, note = 22;
  const double labels = category_space('x', populations);
  constexpr auto count = static_cast<int>(population_metrics.size());
  const int height = top + count * box_height + (count - 1) * gap + static_cast<int>(labels) + 2 * gap +
                     scatter_height + below + note;
  const double unit = 1.0 / height, left = 0.085, right = 0.985;
  Figure figure{.canvas = paper(720, height), .script = "set multiplot\n"};
  double y = 1 - top * unit;
  for (std::size_t m = 0; m < population_metrics.size(); ++m) {
    auto panel = boxes_of(request, networks, populations, population_metrics[m]);
    panel.where = {.left = left, .right = right, .bottom = y - box_height * unit, .top = y};
    panel.category_labels = m + 1 == population_metrics.size();
    y = panel.where.bottom - gap * unit;
    auto script = box_panel_script(panel);
    if (m == 0)
      add_before_plot(
          script,
          page_title(fmt::format("{}: tuning to drifting gratings by population", shown_networks(request)),
                     height) +
              legend_row(legend, left, 1 - 38 * unit, 0.16) +
              page_note(fmt::format(
                            "boxes: quartiles, median, whiskers within 1.5 times their distance; dots: core "
                            "cells of {} (red Exc, green PV, teal SST, purple VIP)",
                            request.options.front()),
                        0.5, 10 * unit));
    figure.script += script;
  }
  const double scatter_top = y - (labels + gap) * unit;
  for (const auto& panel : scatter_panels(
           networks,
           {.left = left, .right = right, .bottom = scatter_top - scatter_height * unit, .top = scatter_top}))
    figure.script += line_panel_script(panel);
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
