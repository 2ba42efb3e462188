// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/runs/traces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "metrics/figures/panels/text_size.hpp"

namespace striate::metrics {
namespace {

/// Lengths on the page.
namespace lengths {
constexpr int width = 720, above = 36, strip = 62, note = 22, gap = 26, below = 40;
}

struct TraceLayout {
  int height = 0;
  Rectangle strip;
  std::vector<Rectangle> panels;
};

TraceLayout layout_of(const TracesRequest& request) {
  const auto count = static_cast<int>(request.panels.size());
  const int panel_height = count <= 6 ? 100 : count <= 12 ? 76 : 56;
  std::vector<std::string> labels;
  for (const auto& panel : request.panels)
    if (panel.curves.size() > 1)
      for (const auto& curve : panel.curves) labels.push_back(curve.label);
  constexpr double sample = 40;
  const double left = 62.0 / lengths::width,
               right = 1 - (labels.empty() ? 14 : widest_text(labels, small_font) + sample) / lengths::width;
  const int strip = request.frames.empty() ? 0 : lengths::strip + lengths::note + 10;
  TraceLayout layout;
  layout.height =
      lengths::above + strip + count * (panel_height + lengths::gap) - lengths::gap + lengths::below;
  double y = layout.height - lengths::above;
  const auto next = [&](int height) {
    const Rectangle place{
        .left = left, .right = right, .bottom = (y - height) / layout.height, .top = y / layout.height};
    y -= height;
    return place;
  };
  if (strip > 0) {
    y -= lengths::note - 6;
    layout.strip = next(lengths::strip - 8);
    y -= 24;
  }
  for (int k = 0; k < count; ++k) {
    layout.panels.push_back(next(panel_height));
    y -= lengths::gap;
  }
  return layout;
}

/// Frames side by side, each above its time, as large as their places allow.
std::string strip_script(const TracesRequest& request, const TraceLayout& layout) {
  std::string script;
  const auto& strip = layout.strip;
  const double place = (strip.right - strip.left) / static_cast<double>(request.frames.size());
  for (std::size_t k = 0; k < request.frames.size(); ++k) {
    const auto& frame = request.frames[k];
    const double aspect = static_cast<double>(frame.columns) / static_cast<double>(frame.rows),
                 tall = (strip.top - strip.bottom) * layout.height,
                 wide = std::min(aspect * tall, 0.94 * place * lengths::width);
    const double middle = strip.left + (static_cast<double>(k) + 0.5) * place;
    const Rectangle where{.left = middle - wide / 2 / lengths::width,
                          .right = middle + wide / 2 / lengths::width,
                          .bottom = strip.top - wide / aspect / layout.height,
                          .top = strip.top};
    double low = -0.5, high = static_cast<double>(frame.rows) - 0.5;
    if (!frame.y_up) std::swap(low, high);
    script += matrix_block(fmt::format("frame{}", k), frame.pixels, frame.columns) + begin_panel(where, "") +
              fmt::format(
                  "set border 15 lw 0.4 lc rgb '#a0a0a0'\nunset xtics\nunset ytics\nset palette gray\n"
                  "set cbrange [-1:1]\nunset colorbox\nset xrange [-0.5:{}]\nset yrange [{}:{}]\n"
                  "plot $frame{} matrix with image notitle\n",
                  static_cast<double>(frame.columns) - 0.5, low, high, k);
  }
  add_before_plot(
      script, page_note(request.stimulus, (strip.left + strip.right) / 2, strip.top + 9.0 / layout.height));
  return script;
}

/// Ends of the axis that hold all values; wider by `room` of it at the top for the ticks of spikes.
std::array<double, 2> range_of(const TracePanel& panel, double room) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& curve : panel.curves)
    for (const double y : curve.y)
      if (std::isfinite(y)) low = std::min(low, y), high = std::max(high, y);
  if (!(low <= high)) return {0, 1};
  const double extent = high > low ? high - low : std::max(1.0, std::abs(high)) / 10;
  return {low - 0.05 * extent, high + (0.05 + room) * extent};
}

LinePanel line_panel_of(const TracePanel& panel, const TracesRequest& request, const TraceLayout& layout,
                        std::size_t k) {
  const auto [low, high] = range_of(panel, panel.spikes_ms.empty() ? 0 : 0.16);
  LinePanel lines{.where = layout.panels[k],
                  .title = panel.title,
                  .x_label = k + 1 == request.panels.size() ? "time (ms)" : "",
                  .y_label = panel.y_label,
                  .curves = {},
                  .x_low = request.window.begin_ms,
                  .x_high = request.window.end_ms,
                  .y_low = low,
                  .y_high = high,
                  .name = fmt::format("trace{}", k)};
  for (const auto& curve : panel.curves) lines.curves.push_back(thinned(curve));
  for (const double time : panel.spikes_ms)
    lines.extra += fmt::format(
        "set arrow from first {0:.9g}, graph 0.87 to first {0:.9g}, graph 1 nohead lw 1 lc rgb '#202020' "
        "front\n",
        time);
  if (panel.curves.size() > 1) {
    lines.legend_left = lines.where.right + 6.0 / lengths::width;
    lines.legend_top = lines.where.top;
  }
  if (k + 1 != request.panels.size()) lines.extra += "set format x ''\n";
  return lines;
}

}  // namespace

Curve thinned(const Curve& curve, std::size_t parts) {
  const std::size_t count = curve.y.size(), most = 4 * parts;
  if (count <= most) return curve;
  Curve result = curve;
  result.x.clear();
  result.y.clear();
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t first = part * count / parts, end = (part + 1) * count / parts;
    const auto [low, high] = std::minmax_element(curve.y.begin() + static_cast<std::ptrdiff_t>(first),
                                                 curve.y.begin() + static_cast<std::ptrdiff_t>(end));
    std::array kept{first, static_cast<std::size_t>(low - curve.y.begin()),
                    static_cast<std::size_t>(high - curve.y.begin()), end - 1};
    std::ranges::sort(kept);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (i > 0 && kept[i] == kept[i - 1]) continue;
      result.x.push_back(curve.x[kept[i]]);
      result.y.push_back(curve.y[kept[i]]);
    }
  }
  return result;
}

Figure traces_figure(const TracesRequest& request) {
  const auto layout = layout_of(request);
  std::string script = "set multiplot\n";
  if (!request.frames.empty()) script += strip_script(request, layout);
  for (std::size_t k = 0; k < request.panels.size(); ++k)
    script += line_panel_script(line_panel_of(request.panels[k], request, layout, k));
  add_before_plot(script, page_title(request.title, layout.height));
  return {.canvas = paper(lengths::width, layout.height), .script = script + "unset multiplot\n"};
}

}  // namespace striate::metrics
