// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/grouped_violin_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/figures/panels/violin_panel.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

constexpr std::size_t least_for_a_violin = 5, density_steps = 64;
constexpr double violin_room = 0.86;  // of the distance between categories

/// What the axis shows of the values, ascending.
std::vector<double> shown_values(const std::vector<double>& values, bool log_y) {
  auto shown = without_nan(values);
  if (log_y) {
    std::erase_if(shown, [](double value) { return !(value > 0); });
    for (auto& value : shown) value = std::log10(value);
  }
  std::ranges::sort(shown);
  return shown;
}

/// Those of a panel of boxes without its last line, which draws.
std::string axes_of(BoxPanel panel, double bottom, double top) {
  panel.y_low = bottom;
  panel.y_high = top;
  panel.series.clear();
  auto script = box_panel_script(panel);
  script.erase(script.rfind("\nplot ") + 1);
  return script;
}

}  // namespace

std::string grouped_violin_script(const BoxPanel& panel) {
  std::string blocks, plots;
  double highest = -std::numeric_limits<double>::infinity(), lowest = std::numeric_limits<double>::infinity();
  const auto on_axis = [&](double value) { return panel.log_y ? std::pow(10, value) : value; };
  const auto add = [&](const std::string& name, const std::string& rows, const std::string& style) {
    if (rows.empty()) return;
    blocks += fmt::format("${} << END_OF_DATA\n{}END_OF_DATA\n", name, rows);
    plots += fmt::format("{}${} {}", plots.empty() ? "plot " : ", ", name, style);
  };
  const double width = violin_room / static_cast<double>(panel.series.size());
  for (std::size_t s = 0; s < panel.series.size(); ++s) {
    const auto& series = panel.series[s];
    std::string points, quartiles, medians;
    for (std::size_t c = 0; c < panel.categories.size(); ++c) {
      const auto values = shown_values(series.values[c], panel.log_y);
      if (values.empty()) continue;
      highest = std::max(highest, values.back());
      lowest = std::min(lowest, values.front());
      const double x = static_cast<double>(c) + (static_cast<double>(s) + 0.5) * width - violin_room / 2;
      if (values.size() < least_for_a_violin || values.front() == values.back()) {
        for (const double value : values) points += fmt::format("{:.6g} {:.9g}\n", x, on_axis(value));
        continue;
      }
      const auto density = density_of(values, density_steps);
      const double scale = 0.45 * width / std::ranges::max(density.density);
      std::string outline;
      for (std::size_t i = 0; i < density_steps; ++i)
        outline += fmt::format("{:.6g} {:.9g}\n", x - scale * density.density[i], on_axis(density.place[i]));
      for (std::size_t i = density_steps; i-- > 0;)
        outline += fmt::format("{:.6g} {:.9g}\n", x + scale * density.density[i], on_axis(density.place[i]));
      add(fmt::format("{}_violin{}_{}", panel.name, s, c), outline,
          fmt::format(
              "using 1:2 with filledcurves closed fs solid 0.75 border rgb '#303030' lw 0.3 lc rgb '{}'",
              series.colour));
      quartiles +=
          fmt::format("{0:.6g} {1:.9g}\n{0:.6g} {2:.9g}\n\n", x, on_axis(quantile_of_sorted(values, 0.25)),
                      on_axis(quantile_of_sorted(values, 0.75)));
      medians += fmt::format("{:.6g} {:.9g}\n", x, on_axis(quantile_of_sorted(values, 0.5)));
    }
    add(fmt::format("{}_quartiles{}", panel.name, s), quartiles,
        "using 1:2 with lines lw 1 lc rgb '#000000'");
    add(fmt::format("{}_medians{}", panel.name, s), medians,
        "using 1:2 with points pt 7 ps 0.22 lc rgb '#ffffff'");
    add(fmt::format("{}_points{}", panel.name, s), points,
        fmt::format("using 1:2 with points pt 7 ps 0.25 lc rgb '{}'", series.colour));
  }
  if (plots.empty()) {
    plots = "plot NaN";
    lowest = highest = 0;
  }
  const double top = panel.y_high.value_or(panel.log_y   ? on_axis(highest) * 2
                                           : highest > 0 ? highest * 1.05
                                                         : 1);
  const double bottom = panel.y_low.value_or(panel.log_y ? on_axis(lowest) / 2 : std::min(lowest, 0.0));
  return blocks + axes_of(panel, bottom, top) + plots + "\n";
}

}  // namespace striate::metrics
