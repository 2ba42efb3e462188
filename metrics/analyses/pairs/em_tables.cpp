// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/em_tables.hpp"

#include <algorithm>
#include <cmath>

#include "core/values/nan.hpp"
#include "metrics/math/correlation_sums.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {

using core::nan;
constexpr std::int64_t least_compared = 10;

void add_em_row(EmRows& rows, const EmMeasure& measure, const EmSample& sample, const EmInterval& interval,
                const EmModelSums& model) {
  const double value = measure.value(sample.sums);
  std::vector<double> values;
  double below = 0;
  for (const auto& draw : model.draws) {
    const double drawn = measure.value(draw);
    if (std::isnan(drawn)) continue;
    values.push_back(drawn);
    below += drawn < value ? 1 : drawn == value ? 0.5 : 0;
  }
  const bool compared = !values.empty() && !std::isnan(value) && std::ssize(sample.points) >= least_compared;
  const auto n = static_cast<double>(values.size());
  const double q = compared ? below / n : nan;
  rows.measure.emplace_back(measure.name);
  rows.pooling.emplace_back(em_pooling_names[static_cast<std::size_t>(sample.pooling)]);
  rows.source.push_back(sample.name.first);
  rows.target.push_back(sample.name.second);
  rows.em_n.push_back(std::ssize(sample.points));
  rows.em_value.push_back(value);
  rows.em_low.push_back(interval.low);
  rows.em_high.push_back(interval.high);
  rows.em_p.push_back(measure.p(sample.sums));
  rows.model_edges.push_back(static_cast<std::int64_t>(model.edges));
  rows.model_value.push_back(model.all.empty() ? nan : measure.value(model.all));
  rows.median.push_back(compared ? quantile(values, 0.5) : nan);
  rows.low.push_back(compared ? quantile(values, 0.025) : nan);
  rows.high.push_back(compared ? quantile(values, 0.975) : nan);
  rows.q.push_back(q);
  rows.p.push_back(compared ? std::max(2 * std::min(q, 1 - q), 1 / n) : nan);
}

Table em_comparison_table(EmRows rows) {
  return {{{"measure", std::move(rows.measure)},
           {"pooling", std::move(rows.pooling)},
           {"source", std::move(rows.source)},
           {"target", std::move(rows.target)},
           {"em_n", std::move(rows.em_n)},
           {"em_value", std::move(rows.em_value)},
           {"em_low", std::move(rows.em_low)},
           {"em_high", std::move(rows.em_high)},
           {"em_p", std::move(rows.em_p)},
           {"model_edges", std::move(rows.model_edges)},
           {"model_value", std::move(rows.model_value)},
           {"sample_median", std::move(rows.median)},
           {"sample_low", std::move(rows.low)},
           {"sample_high", std::move(rows.high)},
           {"q", std::move(rows.q)},
           {"p", std::move(rows.p)}}};
}

void add_em_curve(EmCurveRows& rows, const EmKind& kind, const char* data, const TypePair& pair,
                  std::span<const double> bins, double mean) {
  for (std::size_t bin = 0; bin < kind.bins(); ++bin) {
    const auto own = bin_mean(bins.subspan(3 * bin, 3));
    rows.data.emplace_back(data);
    rows.measure.emplace_back(kind.name);
    rows.source.push_back(pair.first);
    rows.target.push_back(pair.second);
    rows.from.push_back(kind.edges[bin]);
    rows.to.push_back(kind.edges[bin + 1]);
    rows.n.push_back(own.n);
    rows.relative.push_back(own.mean / mean);
    rows.sem.push_back(own.sem / mean);
  }
}

Table em_curve_table(EmCurveRows rows) {
  return {{{"data", std::move(rows.data)},
           {"measure", std::move(rows.measure)},
           {"source", std::move(rows.source)},
           {"target", std::move(rows.target)},
           {"from", std::move(rows.from)},
           {"to", std::move(rows.to)},
           {"n", std::move(rows.n)},
           {"relative_weight", std::move(rows.relative)},
           {"sem", std::move(rows.sem)}}};
}

}  // namespace striate::metrics
