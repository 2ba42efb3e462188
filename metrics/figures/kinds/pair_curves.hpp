// SPDX-License-Identifier: BSD-3-Clause
// Panels of weight against something, one for each pair of types: means of bins with standard errors, curves
// that were fitted, and what the fits say. Chosen pairs, excitatory and inhibitory cells, or all pairs.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/values/nan.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/line_panel.hpp"

namespace striate::metrics {

using ShownPair = std::pair<std::string, std::string>;  ///< source, target

struct PairCurve {
  Curve means;  ///< of bins
  std::vector<Curve> fits;
  std::string note;  ///< of the number of connections and what the fits say
  bool certain = false;  ///< p < 0.05
};
/// Of one option.
using PairCurves = std::map<ShownPair, PairCurve>;

struct CurveFigure {
  std::string title, x_label, name;
  std::string caption, matrix_caption;  ///< of panels with notes, of the matrix
  std::string fit_caption = {};  ///< which curve is which
  std::vector<PairCurves> options;
  std::vector<ShownPair> usual;  ///< pairs that are shown unless others are named, those of them that exist
  double x_low = 0, x_high = 1;
  std::string tics;  ///< "set xtics …"
};

/// Throws UsageError for a pair that the tables do not have.
Figure pair_curves_figure(const FigureRequest& request, const CurveFigure& curves);

/// Rows of a table by pair.
std::map<ShownPair, const io::DelimitedTable::Row*> rows_by_pair(const io::DelimitedTable& table);
/// "a/c 0.37 (2e-43), b/c 0.02 (0.4)": values with their p in brackets; without those that are NaN.
struct NotedValue {
  std::string name;
  double value, p = core::nan;
};
std::string note_text(const std::vector<NotedValue>& values);

}  // namespace striate::metrics
