// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/violin_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

constexpr double half_width = 0.42;  // of the distance between categories

}  // namespace

Density density_of(std::vector<double> values, std::size_t count) {
  Density result;
  values = without_nan(values);
  if (values.empty()) return result;
  std::ranges::sort(values);
  const double spread =
      std::min(deviation(values, 0), (quantile(values, 0.75) - quantile(values, 0.25)) / 1.34);
  const double wide = spread > 0 ? spread : deviation(values, 0);
  const double width = 0.9 * wide * std::pow(static_cast<double>(values.size()), -0.2);
  if (!(width > 0)) return {{values.front()}, {1}};
  for (std::size_t i = 0; i < count; ++i) {
    const double place = values.front() + (values.back() - values.front()) * static_cast<double>(i) /
                                              static_cast<double>(count - 1);
    double sum = 0;
    for (const double value : values) sum += std::exp(-0.5 * std::pow((place - value) / width, 2));
    result.place.push_back(place);
    result.density.push_back(sum / static_cast<double>(values.size()));
  }
  const double highest = *std::ranges::max_element(result.density);
  for (double& value : result.density) value /= highest;
  return result;
}

std::string violin_panel_script(const ViolinPanel& panel) {
  std::string blocks, plots;
  const auto add = [&](const std::string& plot) { plots += (plots.empty() ? "plot " : ", ") + plot; };
  std::vector<std::string> labels;
  for (std::size_t k = 0; k < panel.violins.size(); ++k) {
    const auto& violin = panel.violins[k];
    labels.push_back(violin.label);
    const auto shape = density_of(violin.values);
    const auto x = static_cast<double>(k);
    const auto block = fmt::format("{}_violin{}", panel.name, k);
    if (shape.place.size() > 1) {
      blocks += fmt::format("${} << END_OF_DATA\n", block);
      for (std::size_t i = 0; i < shape.place.size(); ++i)
        blocks += fmt::format("{:.6g} {:.9g}\n", x + half_width * shape.density[i], shape.place[i]);
      for (std::size_t i = shape.place.size(); i-- > 0;)
        blocks += fmt::format("{:.6g} {:.9g}\n", x - half_width * shape.density[i], shape.place[i]);
      blocks += "END_OF_DATA\n";
      add(fmt::format("${} using 1:2 with filledcurves closed lc rgb '{}' fs solid 0.6 noborder notitle",
                      block, violin.colour));
    }
    if (const auto kept = without_nan(violin.values); !kept.empty()) {
      blocks += fmt::format("${0}_middle << END_OF_DATA\n{1:.6g} {2:.9g} {3:.6g}\nEND_OF_DATA\n", block,
                            x - half_width / 2, median(kept), half_width);
      add(fmt::format("${}_middle using 1:2:3:(0) with vectors nohead lw 1.4 lc rgb '#000000' notitle",
                      block));
    }
    if (violin.mark) {
      blocks += fmt::format("${}_mark << END_OF_DATA\n{:.6g} {:.9g}\nEND_OF_DATA\n", block, x, *violin.mark);
      add(fmt::format("${}_mark using 1:2 with points pt 13 ps 0.8 lc rgb '#000000' notitle", block));
    }
  }
  if (plots.empty()) plots = "plot NaN notitle";
  std::string lines;
  for (const double y : panel.lines)
    lines += fmt::format(
        "set arrow from graph 0, first {0:.6g} to graph 1, first {0:.6g} nohead dt 2 lw 0.6 lc rgb "
        "'#808080' back\n",
        y);
  return blocks + begin_panel(panel.where, panel.title) +
         fmt::format("set ylabel {}\nset xrange [-0.6:{:.1f}]\nset yrange [{:.6g}:{:.6g}]\n",
                     gnuplot_text(panel.y_label), static_cast<double>(panel.violins.size()) - 0.4,
                     panel.y_low, panel.y_high) +
         lines + category_tics('x', labels) + plots + "\n";
}

}  // namespace striate::metrics
