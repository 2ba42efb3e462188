// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/em_data.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/values/draws.hpp"
#include "core/values/nan.hpp"
#include "core/values/random.hpp"
#include "io/text/delimited_table.hpp"
#include "io/text/shipped_configs.hpp"
#include "metrics/analyses/pairs/preferred_direction.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/correlation_sums.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr std::int64_t least_resampled = 10;  // for an interval and a comparison

double over_constant(double part, double constant) {
  return constant == 0 ? nan : part / constant;
}

constexpr EmMeasure direction_measures[] = {
    {"direction_a",
     [](std::span<const double> s) {
       const auto fit = CosineSums::fit(s);
       return over_constant(fit.a, fit.c);
     },
     [](std::span<const double> s) { return CosineSums::fit(s).p_a; }},
    {"direction_b",
     [](std::span<const double> s) {
       const auto fit = CosineSums::fit(s);
       return over_constant(fit.b, fit.c);
     },
     [](std::span<const double> s) { return CosineSums::fit(s).p_b; }}};

double relative_slope(std::span<const double> s) {
  return over_constant(LineSums::fit(s).slope, s[2] / s[0]);
}

constexpr EmMeasure correlation_measures[] = {
    {"correlation", relative_slope, [](std::span<const double> s) { return LineSums::fit(s).p; }},
    {"correlation_sd",
     [](std::span<const double> s) {
       return relative_slope(s) * std::sqrt(std::max(0.0, s[3] / s[0] - s[1] * s[1] / (s[0] * s[0])));
     },
     [](std::span<const double> s) { return LineSums::fit(s).p; }}};

constexpr int direction_powers[CosineSums::size] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 2},
              correlation_powers[LineSums::size] = {0, 0, 1, 0, 1, 2};
constexpr double direction_edges[] = {0, 20, 40, 60, 80, 100, 120, 140, 160, 180};
// Multiples of 0.05, not sums of it.
constexpr double correlation_edges[] = {-0.2, -0.15, -0.1, -0.05, 0,   0.05, 0.1, 0.15,
                                        0.2,  0.25,  0.3,  0.35,  0.4, 0.45, 0.5};

Table direction_fits(const EmKind& kind, const std::vector<EmSample>& samples, Table table) {
  std::vector<double> means, a, b, c, direction, orientation, p_a, p_b;
  for (const auto& sample : samples) {
    const auto fit = CosineSums::fit(sample.sums);
    means.push_back(mean_weight(kind, sample.sums));
    a.push_back(fit.a);
    b.push_back(fit.b);
    c.push_back(fit.c);
    direction.push_back(over_constant(fit.a, fit.c));
    orientation.push_back(over_constant(fit.b, fit.c));
    p_a.push_back(fit.p_a);
    p_b.push_back(fit.p_b);
  }
  for (auto& column : std::initializer_list<TableColumn>{{"mean_weight", means},
                                                         {"a", a},
                                                         {"b", b},
                                                         {"c", c},
                                                         {"a_over_c", direction},
                                                         {"b_over_c", orientation},
                                                         {"p_a", p_a},
                                                         {"p_b", p_b}})
    table.columns.push_back(column);
  return table;
}

Table correlation_fits(const EmKind& kind, const std::vector<EmSample>& samples, Table table) {
  std::vector<double> means, slopes, intercepts, relative, over_intercept, in_sd, r, p, ranks, log_slope,
      log_p;
  for (const auto& sample : samples) {
    const auto line = LineSums::fit(sample.sums);
    std::vector<double> x, weight, logs(LineSums::size, 0);
    for (const auto& point : sample.points) {
      x.push_back(point.x);
      weight.push_back(point.weight);
      LineSums::add(logs, point.x, std::log(point.weight));
    }
    const auto log_line = LineSums::fit(logs);
    means.push_back(mean_weight(kind, sample.sums));
    slopes.push_back(line.slope);
    intercepts.push_back(line.intercept);
    relative.push_back(relative_slope(sample.sums));
    over_intercept.push_back(over_constant(line.slope, std::abs(line.intercept)));
    in_sd.push_back(correlation_measures[1].value(sample.sums));
    r.push_back(line.r);
    p.push_back(line.p);
    ranks.push_back(spearman(x, weight));
    log_slope.push_back(log_line.slope);
    log_p.push_back(log_line.p);
  }
  for (auto& column : std::initializer_list<TableColumn>{{"mean_weight", means},
                                                         {"slope", slopes},
                                                         {"intercept", intercepts},
                                                         {"slope_over_mean", relative},
                                                         {"slope_over_intercept", over_intercept},
                                                         {"slope_over_mean_sd", in_sd},
                                                         {"r", r},
                                                         {"p", p},
                                                         {"spearman_r", ranks},
                                                         {"log_slope", log_slope},
                                                         {"log_p", log_p}})
    table.columns.push_back(column);
  return table;
}

}  // namespace

const EmKind em_direction{.name = "direction",
                          .column = "delta_pref_direction",
                          .low = 0,
                          .high = 180,
                          .sums = {CosineSums::size, CosineSums::add},
                          .powers = direction_powers,
                          .measures = direction_measures,
                          .edges = direction_edges,
                          .closed_first = true};
const EmKind em_correlation{.name = "correlation",
                            .column = "correlation",
                            .low = -1,
                            .high = 1,
                            .sums = {LineSums::size, LineSums::add},
                            .powers = correlation_powers,
                            .measures = correlation_measures,
                            .edges = correlation_edges,
                            .closed_first = false};

std::size_t EmKind::bin_of(double x) const {
  if (closed_first && x == edges.front()) return 0;
  const auto above = std::ranges::lower_bound(edges, x);
  if (above == edges.begin() || above == edges.end()) return bins();
  return static_cast<std::size_t>(above - edges.begin()) - 1;
}

std::string excitatory_label(std::string_view label) {
  const auto clean = clean_label(label);
  static const std::map<std::string, std::string> others{{"23P", "L2/3_Exc"}, {"4P", "L4_Exc"},
                                                         {"5P-ET", "L5_ET"},  {"5P-IT", "L5_IT"},
                                                         {"5P-NP", "L5_NP"},  {"6P", "L6_Exc"}};
  if (const auto found = others.find(clean); found != others.end()) return found->second;
  return clean.find('_') == std::string::npos && clean.starts_with('L') ? clean + "_Exc" : clean;
}

std::vector<double> scaled(const EmKind& kind, std::span<const double> sums, double factor, double times) {
  std::vector<double> result;
  for (std::size_t i = 0; i < kind.sums.size; ++i)
    result.push_back(sums[i] * times * std::pow(factor, kind.powers[i]));
  return result;
}

double mean_weight(const EmKind& kind, std::span<const double> sums) {
  const auto place = std::ranges::find(kind.powers, 1) - kind.powers.begin();  // the sum of the weights
  return sums[0] > 0 ? sums[static_cast<std::size_t>(place)] / sums[0] : nan;
}

std::size_t EmPairs::size() const {
  std::size_t count = 0;
  for (const auto& of_pair : points) count += of_pair.size();
  return count;
}

EmPairs read_em(const EmKind& kind, const std::filesystem::path& file, bool pool_l5, double low,
                double high) {
  const auto table = io::read_delimited_table(file, ',', "measured connections");
  const auto source = table.column("source"), target = table.column("target"), x = table.column(kind.column),
             weight = table.column("weight");
  std::map<TypePair, std::vector<EmPoint>> points;
  std::set<std::string> labels;
  for (const auto& row : table.rows) {
    const EmPoint point{table.number(row, x), table.number(row, weight)};
    if (point.x < kind.low || point.x > kind.high)
      throw core::FormatError("bad {}={} in {}:{} (must be from {} to {})", kind.column, point.x, file,
                              row.line, kind.low, kind.high);
    if (!(point.weight > 0))
      throw core::FormatError("bad weight={} in {}:{} (must be above 0)", point.weight, file, row.line);
    TypePair pair;
    for (auto [end, column] : {std::pair{&pair.first, source}, std::pair{&pair.second, target}}) {
      *end = excitatory_label(row.cells[column]);
      if (!is_excitatory(*end))
        throw core::FormatError("{} in {}:{} is no excitatory type (only their connections are compared)",
                                row.cells[column], file, row.line);
      if (pool_l5) *end = aggregate_l5(*end);
      labels.insert(*end);
    }
    if (point.x >= low && point.x <= high) points[pair].push_back(point);
  }
  const auto order = sorted_types(labels);
  EmPairs pairs;
  for (const auto& from : order)
    for (const auto& to : order)
      if (const auto found = points.find({from, to}); found != points.end()) {
        pairs.names.emplace_back(from, to);
        pairs.points.push_back(std::move(found->second));
      }
  if (pairs.size() == 0) throw core::FormatError("no connection in {} (between {} and {})", file, low, high);
  return pairs;
}

std::vector<EmSample> em_samples(const EmKind& kind, const EmPairs& pairs) {
  std::vector<EmSample> samples;
  const auto add = [&](EmPooling pooling, std::size_t pair, const TypePair& name,
                       std::vector<EmPoint> points) {
    std::vector<double> sums(kind.sums.size, 0);
    for (const auto& point : points) kind.sums.add(sums, point.x, point.weight);
    samples.push_back({pooling, pair, name, std::move(points), std::move(sums)});
  };
  std::vector<EmPoint> raw, matched;
  for (const auto& points : pairs.points) {
    double total = 0;
    for (const auto& point : points) total += point.weight;
    for (const auto& point : points) {
      raw.push_back(point);
      matched.push_back({point.x, point.weight * static_cast<double>(points.size()) / total});
    }
  }
  add(EmPooling::raw, 0, all_excitatory, std::move(raw));
  add(EmPooling::matched, 0, all_excitatory, std::move(matched));
  for (std::size_t pair = 0; pair < pairs.names.size(); ++pair)
    add(EmPooling::pair, pair, pairs.names[pair], pairs.points[pair]);
  return samples;
}

std::vector<EmInterval> em_intervals(const EmKind& kind, const EmSample& sample, int resamples,
                                     std::uint64_t seed, std::uint64_t stream) {
  std::vector<std::vector<double>> values(kind.measures.size());
  if (std::ssize(sample.points) >= least_resampled) {
    core::RandomStream random(seed, core::Purpose::resampling, stream);
    for (int k = 0; k < resamples; ++k) {
      std::vector<double> sums(kind.sums.size, 0);
      for (std::size_t i = 0; i < sample.points.size(); ++i) {
        const auto& point = sample.points[core::draw_index(random, sample.points.size())];
        kind.sums.add(sums, point.x, point.weight);
      }
      for (std::size_t m = 0; m < values.size(); ++m) values[m].push_back(kind.measures[m].value(sums));
    }
  }
  std::vector<EmInterval> intervals;
  for (const auto& of_measure : values) {
    const auto kept = without_nan(of_measure);
    intervals.push_back(kept.empty() ? EmInterval{nan, nan}
                                     : EmInterval{quantile(kept, 0.025), quantile(kept, 0.975)});
  }
  return intervals;
}

Table em_fit_table(const EmKind& kind, const std::vector<EmSample>& samples) {
  std::vector<std::string> poolings, sources, targets;
  std::vector<std::int64_t> counts;
  for (const auto& sample : samples) {
    poolings.emplace_back(em_pooling_names[static_cast<std::size_t>(sample.pooling)]);
    sources.push_back(sample.name.first);
    targets.push_back(sample.name.second);
    counts.push_back(std::ssize(sample.points));
  }
  Table table{{{"pooling", std::move(poolings)},
               {"source", std::move(sources)},
               {"target", std::move(targets)},
               {"n", std::move(counts)}}};
  return &kind == &em_direction ? direction_fits(kind, samples, std::move(table))
                                : correlation_fits(kind, samples, std::move(table));
}

std::filesystem::path shipped_em(const EmKind& kind) {
  return io::config_directory() / "reference" / fmt::format("em_{}.csv", kind.name);
}

}  // namespace striate::metrics
