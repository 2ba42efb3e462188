// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/kinds/figure_raster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "metrics/figures/panels/line_panel.hpp"

namespace striate::metrics {

std::vector<CellGroup> class_groups(const std::vector<CellGroup>& groups) {
  std::vector<CellGroup> classes;
  for (const auto& group : groups) {
    const auto blank = group.label.find(' ');
    const auto name = blank == std::string::npos ? group.label : group.label.substr(blank + 1);
    auto found = std::ranges::find(classes, name, &CellGroup::label);
    if (found == classes.end())
      found = classes.insert(classes.end(), {.label = name, .colour = group.colour, .node_ids = {}});
    found->node_ids.insert(found->node_ids.end(), group.node_ids.begin(), group.node_ids.end());
  }
  constexpr std::array order{"Exc", "PV", "SST", "VIP", "Inh"};
  std::ranges::stable_sort(classes, {}, [&](const CellGroup& group) {
    return std::ranges::find(order, group.label) - order.begin();
  });
  return classes;
}

Figure raster_figure(const RasterRequest& request) {
  const Rectangle raster{.left = 0.165, .right = 0.965, .bottom = 0.31, .top = 0.95},
      rates{.left = 0.165, .right = 0.965, .bottom = 0.055, .top = 0.265};
  const auto classes = class_groups(request.groups);
  const auto values = group_rates(classes, request.spikes, request.window, request.bin_ms);
  LinePanel panel{
      .where = rates,
      .title = "",
      .x_label = "time (ms)",
      .y_label = fmt::format("rate in bins of {} ms (Hz)", request.bin_ms),
      .curves = {},
      .x_low = request.window.begin_ms,
      .x_high = request.window.end_ms,
      .y_low = 0,
      .extra =
          "set key at screen 0.965,0.298 right top horizontal Left reverse maxrows 1 font ',7' samplen 1.2\n",
      .name = "rates"};
  for (std::size_t c = 0; c < classes.size(); ++c) {
    Curve curve{.label = classes[c].label == "Inh" ? "L1 Inh" : classes[c].label,
                .colour = classes[c].colour};
    for (std::size_t bin = 0; bin < values[c].size(); ++bin)
      curve.x.push_back(request.window.begin_ms + (static_cast<double>(bin) + 0.5) * request.bin_ms);
    curve.y = values[c];
    panel.curves.push_back(std::move(curve));
  }
  const auto dots = raster_script(request.groups, request.spikes, request.window, "");
  return {.canvas = paper(720, 800),
          .script = "set multiplot\n" + begin_panel(raster, "") + page_title(request.title, 800) +
                    "set format x ''\n" + dots + line_panel_script(panel) + "unset multiplot\n"};
}

}  // namespace striate::metrics
