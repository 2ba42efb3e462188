// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/text/json.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/line_panel.hpp"

namespace striate::metrics {
namespace {

constexpr const char* bands =
    "set object rectangle from 4, graph 0 to 8, graph 1 fc rgb '#eef3fa' fs solid noborder behind\n"
    "set object rectangle from 8, graph 0 to 12, graph 1 fc rgb '#dde8f5' fs solid noborder behind\n"
    "set object rectangle from 30, graph 0 to 80, graph 1 fc rgb '#f6efe0' fs solid noborder behind\n";

/// The mean over directions, weighted by trials, of one type at one contrast; empty without data.
Curve mean_spectrum(const io::Json& of_type, const std::string& contrast, const std::filesystem::path& file) {
  Curve curve;
  if (!of_type.contains(contrast)) return curve;
  double trials = 0;
  try {
    for (const auto& [angle, entry] : of_type.at(contrast).items()) {
      const auto frequencies = entry.at("frequencies").get<std::vector<double>>(),
                 density = entry.at("psd").get<std::vector<double>>();
      const auto weight = entry.at("n_trials").get<double>();
      if (frequencies.size() != density.size() || (!curve.x.empty() && frequencies != curve.x))
        throw core::FormatError("psd and frequencies differ in length or between angles in {} (contrast {})",
                                file, contrast);
      if (curve.x.empty()) {
        curve.x = frequencies;
        curve.y.assign(density.size(), 0.0);
      }
      for (std::size_t i = 0; i < density.size(); ++i) curve.y[i] += weight * density[i];
      trials += weight;
    }
  } catch (const io::Json::exception& error) {
    throw core::FormatError("unexpected contents of {} ({})", file, error.what());
  }
  for (double& value : curve.y) value /= trials;
  return curve;
}

/// As the sidecar says; the reference writes none and means per kHz.
std::string density_unit(const std::filesystem::path& file) {
  const std::filesystem::path sidecar = file.string() + ".provenance.json";
  if (!std::filesystem::exists(sidecar)) return "per kHz";
  const auto json = io::read_json(sidecar);
  const io::Json::json_pointer unit("/options/unit");
  return json.contains(unit) && json[unit].is_string() ? json[unit].get<std::string>() : "per kHz";
}

/// Only what a picture with two logarithmic axes from 1 to 100 Hz can show.
void keep_shown(Curve& curve) {
  Curve kept = curve;
  kept.x.clear();
  kept.y.clear();
  for (std::size_t i = 0; i < curve.x.size(); ++i)
    if (curve.x[i] >= 1 && curve.x[i] <= 100 && curve.y[i] > 0) {
      kept.x.push_back(curve.x[i]);
      kept.y.push_back(curve.y[i]);
    }
  curve = std::move(kept);
}

}  // namespace

Figure spectra_figure(const FigureRequest& request) {
  const auto& option = request.options.front();
  const auto file = table_file(shown_spectra_file, request.base, option);
  core::require_readable(
      file, fmt::format("made by 'striate metrics spectra {} {}'", request.base.string(), option));
  const auto json = io::read_json(file);
  if (!json.contains("spectra") || !json["spectra"].is_object())
    throw core::FormatError("no spectra in {}:/spectra (must be an object of cell types)", file);
  const auto contrast = fmt::format("{}", request.contrast);

  const auto unit = density_unit(file);
  Figure figure{.canvas = paper(720, 620), .script = "set multiplot\n"};
  std::vector<LinePanel> panels;
  bool any = false;
  for (std::size_t g = 0; g < layer_groups().size(); ++g) {
    const auto& group = layer_groups()[g];
    LinePanel panel{.where = grid_cell({.left = 0.105, .right = 0.865, .bottom = 0.088, .top = 0.9}, 2, 2, g,
                                       0.225, 0.115),
                    .title = group.title,
                    .x_label = "frequency (Hz)",
                    .y_label = fmt::format("power density ({})", unit),
                    .curves = {},
                    .x_low = 1,
                    .x_high = 100,
                    .log_x = true,
                    .log_y = true,
                    .extra = bands,
                    .name = fmt::format("spectra{}", g)};
    for (const auto& type : group.types) {
      if (!json["spectra"].contains(type)) continue;
      auto curve = mean_spectrum(json["spectra"][type], contrast, file);
      keep_shown(curve);
      if (curve.x.empty()) continue;
      curve.label = shown_label(type);
      curve.colour = type_colour(type);
      panel.curves.push_back(std::move(curve));
      any = true;
    }
    panel.legend_left = panel.where.right + 0.008;
    panel.legend_top = panel.where.top;
    if (g == 0)
      panel.extra += page_title(fmt::format("{}, {}: spectra of the spikes of core cells at contrast {}",
                                            network_name(request.base), option, contrast),
                                figure.canvas.height) +
                     page_text("mean over directions; shaded: 4 to 8, 8 to 12 and 30 to 80 Hz", 0.5, 0.013,
                               "center font ',7' tc rgb '#404040'");
    panels.push_back(std::move(panel));
  }
  share_axes(panels, 2);
  for (const auto& panel : panels) figure.script += line_panel_script(panel);
  if (!any)
    throw core::UsageError("no spectra at contrast {} in {} (there are those of the contrast trials)",
                           contrast, file);
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
