// SPDX-License-Identifier: BSD-3-Clause
// Recorded variables over time, a panel for each cell and unit, with spikes marked and, above, what was shown
// on the screen meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/panels/line_panel.hpp"
#include "metrics/figures/runs/raster.hpp"

namespace striate::metrics {

struct TracePanel {
  std::string title, y_label;
  std::vector<Curve> curves = {};  ///< named in a legend beside the panel when there are several
  std::vector<double> spikes_ms = {};  ///< ticks above the curves
};

/// A frame of the stimulus: contrast from -1 to 1, row by row.
struct ShownFrame {
  double time_ms = 0;
  std::size_t rows = 0, columns = 0;
  std::vector<double> pixels = {};
  bool y_up = false;  ///< the first row is the lowest
};

struct TracesRequest {
  std::string title;
  std::vector<TracePanel> panels;
  TimeWindow window;
  std::vector<ShownFrame> frames = {};  ///< by rising time, each in the middle of an equal part of the window
  std::string stimulus = {};  ///< in words
};

inline constexpr std::size_t most_trace_panels = 24;

/// The same curve with as few points as a picture can show: of each of `parts` equal parts of its points the
/// first, lowest, highest and last, in their order.
Curve thinned(const Curve& curve, std::size_t parts = 1000);

Figure traces_figure(const TracesRequest& request);

}  // namespace striate::metrics
