// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <array>
#include <map>

#include "core/errors/error.hpp"
#include "io/text/json.hpp"
#include "metrics/base/tuning_table.hpp"
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
  kept.error.clear();
  for (std::size_t i = 0; i < curve.x.size(); ++i)
    if (curve.x[i] >= 1 && curve.x[i] <= 100 && curve.y[i] > 0) {
      kept.x.push_back(curve.x[i]);
      kept.y.push_back(curve.y[i]);
      if (!curve.error.empty()) kept.error.push_back(curve.error[i]);
    }
  curve = std::move(kept);
}

}  // namespace

namespace {

using TypeSpectra = std::map<std::string, Curve>;
constexpr std::array dash_names{"solid", "dashed", "dotted", "dash-dotted", "dash-dot-dotted"};

struct OptionSpectra {
  TypeSpectra curves;
  std::string unit;
};

/// One network's, mean over directions.
OptionSpectra network_spectra(const FigureRequest& request, const std::string& option) {
  const auto file = table_file(shown_spectra_file, request.base, option);
  core::require_readable(
      file, fmt::format("made by 'striate metrics spectra {} {}'", request.base.string(), option));
  const auto json = io::read_json(file);
  if (!json.contains("spectra") || !json["spectra"].is_object())
    throw core::FormatError("no spectra in {}:/spectra (must be an object of cell types)", file);
  const auto contrast = fmt::format("{}", request.contrast);
  OptionSpectra spectra{.curves = {}, .unit = density_unit(file)};
  for (const auto& [type, of_type] : json["spectra"].items()) {
    auto curve = mean_spectrum(of_type, contrast, file);
    keep_shown(curve);
    if (!curve.x.empty()) spectra.curves.emplace(type, std::move(curve));
  }
  if (spectra.curves.empty())
    throw core::UsageError("no spectra at contrast {} in {} (there are those of the contrast trials)",
                           contrast, file);
  return spectra;
}

/// Means over networks with standard errors.
OptionSpectra pooled_spectra(const FigureRequest& request, std::size_t k) {
  const auto file = request.table("spectra", k);
  const auto table = read_result(request, file, "spectra", request.options[k]);
  const auto type = table.column("cell_type"), frequency = table.column("frequency(Hz)"),
             density = table.column("psd"), error = table.column("sem");
  OptionSpectra spectra{.curves = {}, .unit = density_unit(file)};
  for (const auto& row : table.rows) {
    auto& curve = spectra.curves[row.cells[type]];
    curve.x.push_back(table.number(row, frequency));
    curve.y.push_back(number_or_nan(table, row, density));
    curve.error.push_back(number_or_nan(table, row, error));
  }
  for (auto& [name, curve] : spectra.curves) keep_shown(curve);
  return spectra;
}

std::string caption(const FigureRequest& request) {
  std::string text = request.pooled() ? fmt::format(
                                            "mean over {} networks at the first direction, bars: standard "
                                            "error",
                                            request.networks.size())
                                      : "mean over directions";
  for (std::size_t k = 0; k < request.options.size() && request.options.size() > 1; ++k)
    text += fmt::format("; {}: {}", dash_names[k % dash_names.size()], request.options[k]);
  return text + "; shaded: 4 to 8, 8 to 12 and 30 to 80 Hz";
}

}  // namespace

Figure spectra_figure(const FigureRequest& request) {
  std::vector<OptionSpectra> options;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    options.push_back(request.pooled() ? pooled_spectra(request, k)
                                       : network_spectra(request, request.options[k]));
    if (options[k].unit != options[0].unit)
      throw core::FormatError("spectra of {} are {}, those of {} {} (they cannot be compared)",
                              request.options[0], options[0].unit, request.options[k], options[k].unit);
  }
  Figure figure{.canvas = paper(720, 620), .script = "set multiplot\n"};
  std::vector<LinePanel> panels;
  for (std::size_t g = 0; g < layer_groups().size(); ++g) {
    const auto& group = layer_groups()[g];
    LinePanel panel{.where = grid_cell({.left = 0.105, .right = 0.865, .bottom = 0.088, .top = 0.9}, 2, 2, g,
                                       0.225, 0.115),
                    .title = group.title,
                    .x_label = "frequency (Hz)",
                    .y_label = fmt::format("power density ({})", options.front().unit),
                    .curves = {},
                    .x_low = 1,
                    .x_high = 100,
                    .log_x = true,
                    .log_y = true,
                    .extra = bands,
                    .name = fmt::format("spectra{}", g)};
    for (std::size_t k = 0; k < options.size(); ++k)
      for (const auto& type : group.types) {
        const auto found = options[k].curves.find(type);
        if (found == options[k].curves.end()) continue;
        auto curve = found->second;
        curve.label = k == 0 ? shown_label(type) : "";
        curve.colour = type_colour(type);
        curve.dash = static_cast<int>(k % dash_names.size()) + 1;
        panel.curves.push_back(std::move(curve));
      }
    panel.legend_left = panel.where.right + 0.008;
    panel.legend_top = panel.where.top;
    if (g == 0)
      panel.extra +=
          page_title(fmt::format("{}, {}: spectra of the spikes of core cells{}", shown_networks(request),
                                 request.options.front(),
                                 request.pooled() ? " at the largest contrast"
                                                  : fmt::format(" at contrast {}", request.contrast)),
                     figure.canvas.height) +
          page_note(caption(request), 0.5, 0.013);
    panels.push_back(std::move(panel));
  }
  share_axes(panels, 2);
  for (const auto& panel : panels) figure.script += line_panel_script(panel);
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
