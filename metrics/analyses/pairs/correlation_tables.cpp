// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/correlation_tables.hpp"

#include <cmath>

#include "metrics/base/cell_types.hpp"

namespace striate::metrics {

CorrelatedPairs::CorrelatedPairs(std::vector<std::string> types) : names(std::move(types)), n(names.size()) {
  for (const auto& name : names) inhibits.push_back(is_excitatory(name) ? 0 : 1);
}

std::string CorrelatedPairs::source(std::size_t pair) const {
  return pair < n * n ? names[pair / n] : pair < n * n + 2 ? "E" : "I";
}

std::string CorrelatedPairs::target(std::size_t pair) const {
  return pair < n * n ? names[pair % n] : (pair - n * n) % 2 == 0 ? "E" : "I";
}

void CorrelationAccumulator::add(std::size_t pair, double correlation, double weight,
                                 std::span<double> all) const {
  const auto sums = all.subspan(pair * layout.width(), layout.width());
  sums[CorrelationLayout::edges] += 1;
  if (std::isnan(correlation)) {
    sums[CorrelationLayout::undefined] += 1;
    return;
  }
  if (range.covers(correlation)) {
    LineSums::add(sums.subspan(CorrelationLayout::line), correlation, weight);
    CurveSums::add(sums.subspan(CorrelationLayout::fits), correlation, weight);
  }
  if (const auto bin = contrast_bins().index(correlation))
    add_to_bin(sums.subspan(CorrelationLayout::contrast + 3 * *bin, 3), weight);
  if (const auto bin = bins.index(correlation))
    add_to_bin(sums.subspan(layout.curve() + 3 * *bin, 3), weight);
  WeightProfile::add(sums.subspan(layout.profile()), correlation, weight);
}

Table pair_table(const CorrelationAccumulator& accumulator, std::span<const double> all) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> edges, undefined;
  std::vector<double> slope, intercept, swapped, r, p, anti, none, like, delta_anti, delta_like, half;
  const auto& layout = accumulator.layout;
  for (std::size_t pair = 0; pair < accumulator.pairs.count(); ++pair) {
    const auto sums = all.subspan(pair * layout.width(), layout.width());
    if (sums[CorrelationLayout::edges] == 0) continue;
    sources.push_back(accumulator.pairs.source(pair));
    targets.push_back(accumulator.pairs.target(pair));
    edges.push_back(static_cast<std::int64_t>(sums[CorrelationLayout::edges]));
    undefined.push_back(static_cast<std::int64_t>(sums[CorrelationLayout::undefined]));
    const auto line = LineSums::fit(sums.subspan(CorrelationLayout::line, LineSums::size));
    slope.push_back(line.slope);
    intercept.push_back(line.intercept);
    swapped.push_back(line.slope_swapped);
    r.push_back(line.r);
    p.push_back(line.p);
    const auto contrast = like_to_like(sums.subspan(CorrelationLayout::contrast, 3 * contrast_bins().size()));
    anti.push_back(contrast.anti);
    none.push_back(contrast.none);
    like.push_back(contrast.like);
    delta_anti.push_back(contrast.delta_anti);
    delta_like.push_back(contrast.delta_like);
    half.push_back(WeightProfile::half_weight_fraction(sums.subspan(layout.profile(), WeightProfile::size)));
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"edges", std::move(edges)},
           {"undefined", std::move(undefined)},
           {"slope(pA)", std::move(slope)},
           {"intercept(pA)", std::move(intercept)},
           {"slope_swapped(1/pA)", std::move(swapped)},
           {"r", std::move(r)},
           {"p", std::move(p)},
           {"anti(pA)", std::move(anti)},
           {"none(pA)", std::move(none)},
           {"like(pA)", std::move(like)},
           {"delta_anti", std::move(delta_anti)},
           {"delta_like", std::move(delta_like)},
           {"half_weight_fraction", std::move(half)}}};
}

Table bin_table(const CorrelationAccumulator& accumulator, std::span<const double> all) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> edges;
  std::vector<double> centres, means, errors;
  const auto& layout = accumulator.layout;
  for (std::size_t pair = 0; pair < accumulator.pairs.count(); ++pair) {
    const auto sums = all.subspan(pair * layout.width(), layout.width());
    if (sums[CorrelationLayout::edges] == 0) continue;
    for (std::size_t bin = 0; bin < layout.bins; ++bin) {
      const auto own = bin_mean(sums.subspan(layout.curve() + 3 * bin, 3));
      sources.push_back(accumulator.pairs.source(pair));
      targets.push_back(accumulator.pairs.target(pair));
      centres.push_back(accumulator.bins.centre(bin));
      edges.push_back(own.n);
      means.push_back(own.mean);
      errors.push_back(own.sem);
    }
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"correlation", std::move(centres)},
           {"edges", std::move(edges)},
           {"mean_weight(pA)", std::move(means)},
           {"sem(pA)", std::move(errors)}}};
}

Table sample_table(const CorrelatedPairs& pairs, const std::vector<SampledLine>& lines) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> samples, edges;
  std::vector<double> slope, r, p;
  for (const auto& [pair, sample, line] : lines) {
    sources.push_back(pairs.source(pair));
    targets.push_back(pairs.target(pair));
    samples.push_back(static_cast<std::int64_t>(sample));
    edges.push_back(line.n);
    slope.push_back(line.slope);
    r.push_back(line.r);
    p.push_back(line.p);
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"sample", std::move(samples)},
           {"edges", std::move(edges)},
           {"slope(pA)", std::move(slope)},
           {"r", std::move(r)},
           {"p", std::move(p)}}};
}

Table fit_table(const CorrelationAccumulator& accumulator, std::span<const double> all) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> points;
  std::array<std::vector<double>, 4> legendre;
  std::vector<double> legendre_r2, at_zero, low, high, piecewise_r2;
  for (std::size_t pair = 0; pair < accumulator.pairs.count(); ++pair) {
    const auto sums = all.subspan(pair * accumulator.width(), accumulator.width());
    if (sums[CorrelationLayout::edges] == 0) continue;
    const auto own = sums.subspan(CorrelationLayout::fits, CurveSums::size);
    const auto curve = CurveSums::legendre(own);
    const auto lines = CurveSums::piecewise(own);
    sources.push_back(accumulator.pairs.source(pair));
    targets.push_back(accumulator.pairs.target(pair));
    points.push_back(static_cast<std::int64_t>(own[0]));
    for (std::size_t k = 0; k < legendre.size(); ++k) legendre[k].push_back(curve.c[k]);
    legendre_r2.push_back(curve.r2);
    at_zero.push_back(lines.c);
    low.push_back(lines.low);
    high.push_back(lines.high);
    piecewise_r2.push_back(lines.r2);
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"edges", std::move(points)},
           {"legendre_0(pA)", std::move(legendre[0])},
           {"legendre_1(pA)", std::move(legendre[1])},
           {"legendre_2(pA)", std::move(legendre[2])},
           {"legendre_3(pA)", std::move(legendre[3])},
           {"legendre_r2", std::move(legendre_r2)},
           {"at_zero(pA)", std::move(at_zero)},
           {"slope_below_zero(pA)", std::move(low)},
           {"slope_above_zero(pA)", std::move(high)},
           {"piecewise_r2", std::move(piecewise_r2)}}};
}

}  // namespace striate::metrics
