// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/runs/figure_raster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "metrics/base/cell_types.hpp"
#include "metrics/figures/panels/line_panel.hpp"
#include "metrics/figures/panels/text_size.hpp"

namespace striate::metrics {

std::vector<RasterGroup> class_groups(const std::vector<RasterGroup>& groups) {
  std::vector<RasterGroup> classes;
  for (const auto& group : groups) {
    const auto blank = group.label.find(' ');
    const auto name = blank == std::string::npos ? group.label : group.label.substr(blank + 1);
    auto found = std::ranges::find(classes, name, &RasterGroup::label);
    if (found == classes.end())
      found = classes.insert(classes.end(), {.label = name, .colour = group.colour, .node_ids = {}});
    found->node_ids.insert(found->node_ids.end(), group.node_ids.begin(), group.node_ids.end());
  }
  constexpr std::array order{"Exc", "PV", "SST", "VIP", "Inh"};
  std::ranges::stable_sort(classes, {}, [&](const RasterGroup& group) {
    return std::ranges::find(order, group.label) - order.begin();
  });
  return classes;
}

double sensible_bin(double usual_ms, double shown_ms) {
  constexpr double most_bins = 250;
  if (shown_ms / usual_ms <= most_bins) return std::min(usual_ms, shown_ms);
  const double least = shown_ms / most_bins, power = std::pow(10, std::floor(std::log10(least)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * power >= least) return step * power;
  return 10 * power;
}

namespace {

/// Lines that the names of the classes take beside each other.
int legend_lines(const std::vector<RasterGroup>& classes) {
  constexpr double width = 560, sample = 26;
  double sum = 0;
  for (const auto& group : classes) sum += text_width(group.label, small_font) + sample;
  return std::max(1, static_cast<int>(std::ceil(sum / width)));
}

/// The part of the page above the spectra.
struct Layout {
  int height = 800;
  Rectangle raster, rates, spectra;
};

Layout layout_of(const RasterRequest& request) {
  std::vector<std::string> labels;
  for (const auto& group : request.groups)
    labels.push_back(fmt::format("{} ({})", group.label, group.node_ids.size()));
  constexpr int width = 720, top = 40, raster_height = 512, rates_height = 168, below = 44,
                spectra_height = 150;
  const int gap = 16 + 14 * legend_lines(request.classes), note = 44;
  const double left = std::max(60.0, widest_text(labels, small_font) + 26) / width, right = 0.965;
  Layout layout;
  layout.height = top + raster_height + gap + rates_height + below +
                  (request.spectra ? note + spectra_height + below : 0);
  double y = layout.height - top;
  const auto next = [&](int height) {
    const Rectangle place{
        .left = left, .right = right, .bottom = (y - height) / layout.height, .top = y / layout.height};
    y -= height;
    return place;
  };
  layout.raster = next(raster_height);
  y -= gap;
  layout.rates = next(rates_height);
  y -= below + note;
  if (request.spectra) layout.spectra = next(spectra_height);
  return layout;
}

std::string mark_lines(const std::vector<double>& marks_ms) {
  std::string text;
  for (const double time : marks_ms)
    text += fmt::format(
        "set arrow from first {0}, graph 0 to first {0}, graph 1 nohead dt 2 lw 0.8 lc rgb "
        "'#202020' front\n",
        time);
  return text;
}

/// "L2/3" of "L2/3 Exc", for populations of "e23Cux2".
std::string layer_of_group(const RasterGroup& group) {
  const auto blank = group.label.find(' ');
  if (blank != std::string::npos) return group.label.substr(0, blank);
  return layer_of(cell_type_of(group.label)).value_or("");
}

std::string spectra_script(const RasterRequest& request, const Rectangle& where) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> layers{
      {"L1 (dashed), L2/3", {"L2/3", "L1"}}, {"L4", {"L4"}}, {"L5", {"L5"}}, {"L6", {"L6"}}};
  std::vector<LinePanel> panels;
  for (std::size_t k = 0; k < layers.size(); ++k) {
    LinePanel panel{.where = grid_cell(where, layers.size(), 1, k, 0.045, 0),
                    .title = layers[k].first,
                    .x_label = "frequency (Hz)",
                    .y_label = "power density (1/Hz)",
                    .curves = {},
                    .x_low = 1,
                    .x_high = 100,
                    .log_x = true,
                    .log_y = true,
                    .extra = k == 0 ? "" : "set format y ''\n",
                    .name = fmt::format("spectrum{}", k)};
    for (const auto& group : request.groups) {
      const auto layer = layer_of_group(group);
      if (std::ranges::find(layers[k].second, layer) == layers[k].second.end()) continue;
      Curve curve{.label = group.label, .colour = group.colour, .dash = layer == "L1" ? 2 : 1};
      const auto density = group_spectrum(group, request.spikes, *request.spectra);
      for (std::size_t hz = 1; hz <= 100; ++hz)
        if (density[hz] > 0) {
          curve.x.push_back(static_cast<double>(hz));
          curve.y.push_back(density[hz]);
        }
      panel.curves.push_back(std::move(curve));
    }
    panels.push_back(std::move(panel));
  }
  share_axes(panels, layers.size());
  std::string script;
  for (auto& panel : panels) {
    panel.x_label = "frequency (Hz)";
    script += line_panel_script(panel);
  }
  return script;
}

}  // namespace

Figure raster_figure(const RasterRequest& request) {
  const auto layout = layout_of(request);
  const double unit = 1.0 / layout.height;
  const auto values = group_rates(request.classes, request.spikes, request.window, request.bin_ms);
  LinePanel panel{
      .where = layout.rates,
      .title = "",
      .x_label = "time (ms)",
      .y_label = fmt::format("rate in bins of {:.6g} ms (Hz)", request.bin_ms),
      .curves = {},
      .x_low = request.window.begin_ms,
      .x_high = request.window.end_ms,
      .y_low = 0,
      .extra = fmt::format("set key at screen 0.965,{:.5f} right top horizontal Left reverse maxrows {} "
                           "font ',{}' samplen 1.2\n",
                           layout.rates.top + (10 + 14 * legend_lines(request.classes)) * unit,
                           legend_lines(request.classes), small_font) +
               mark_lines(request.marks_ms),
      .name = "rates"};
  for (std::size_t c = 0; c < request.classes.size(); ++c) {
    Curve curve{.label = request.classes[c].label == "Inh" ? "L1 Inh" : request.classes[c].label,
                .colour = request.classes[c].colour};
    for (std::size_t bin = 0; bin < values[c].size(); ++bin)
      curve.x.push_back(request.window.begin_ms + (static_cast<double>(bin) + 0.5) * request.bin_ms);
    curve.y = values[c];
    panel.curves.push_back(std::move(curve));
  }
  std::string script =
      "set multiplot\n" + begin_panel(layout.raster, "") + page_title(request.title, layout.height) +
      mark_lines(request.marks_ms) + "set format x ''\n" +
      raster_script(request.groups, request.spikes, request.window, "") + line_panel_script(panel);
  if (request.spectra) {
    auto spectra = spectra_script(request, layout.spectra);
    add_before_plot(
        spectra,
        page_note(fmt::format("spectra of the mean spike train of a group's cells (bins of 1 ms), {:.6g} to "
                              "{:.6g} ms",
                              request.spectra->begin_ms, request.spectra->end_ms),
                  (layout.spectra.left + layout.spectra.right) / 2, layout.spectra.top + 34 * unit));
    script += spectra;
  }
  return {.canvas = paper(720, layout.height), .script = script + "unset multiplot\n"};
}

}  // namespace striate::metrics
