// SPDX-License-Identifier: BSD-3-Clause
// The rows of what `em` writes.
#pragma once

#include <string>
#include <vector>

#include "metrics/analyses/pairs/em_data.hpp"

namespace striate::metrics {

/// Sums of the model that stand for one sample of the measured connections.
struct EmModelSums {
  std::uint64_t edges = 0;
  std::vector<double> all;  ///< empty where there are none
  std::vector<std::vector<double>> draws;  ///< empty where too few connections are there
};

struct EmRows {
  std::vector<std::string> measure, pooling, source, target;
  std::vector<std::int64_t> em_n, model_edges;
  std::vector<double> em_value, em_low, em_high, em_p, model_value, median, low, high, q, p;
};

/// Draws that have no value, such as those of one angle alone, do not count.
void add_em_row(EmRows& rows, const EmMeasure& measure, const EmSample& sample, const EmInterval& interval,
                const EmModelSums& model);
Table em_comparison_table(EmRows rows);

struct EmCurveRows {
  std::vector<std::string> data, measure, source, target;
  std::vector<double> from, to, relative, sem;
  std::vector<std::int64_t> n;
};
/// Means of bins over the mean of the pair. `bins`: three sums for each.
void add_em_curve(EmCurveRows& rows, const EmKind& kind, const char* data, const TypePair& pair,
                  std::span<const double> bins, double mean);
Table em_curve_table(EmCurveRows rows);

}  // namespace striate::metrics
