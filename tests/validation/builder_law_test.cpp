// SPDX-License-Identifier: BSD-3-Clause
// Does the sampler follow the connection rule? The `profile` network's edges against an all-pairs oracle
// written here from the rule itself: for every pair of populations the number of edges, and over all edges of
// a sort the offset along the target's tuning direction, the squared lateral distance and the orientation
// difference. Each is a sum of independent Bernoulli draws with known mean and variance, so it is judged in
// standard deviations. Wrong rules must be noticed.
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

#include "builder/edges/connection_rule.hpp"
#include "builder/edges/make_edges.hpp"
#include "builder/edges/source_grid.hpp"
#include "builder/spec/read_spec.hpp"

using namespace striate::builder;

namespace {

/// What the oracle believes; changed on purpose to see the test fail.
struct Belief {
  double tuning_offset_um;
  double sigma_factor = 1;
  bool orientation_rule = true;
};

struct Sum {
  double mean = 0, variance = 0, observed = 0;
  void expect(double p, double value) {
    mean += p * value;
    variance += p * (1 - p) * value * value;
  }
  double z() const { return variance > 0 ? (observed - mean) / std::sqrt(variance) : 0; }
};

enum Quantity : std::size_t { along, across_squared, along_squared, orientation, quantities };

struct Comparison {
  std::vector<Sum> counts;  ///< [source population][target population]
  Sum moments[2][2][quantities];  ///< [source e/i][target e/i]
  double worst_count = 0, worst_moment = 0;
};

struct Pair {
  double u, v, orientation_deg;
  double values[quantities];
};

Pair pair_of(const V1Nodes& n, std::size_t source, std::size_t target) {
  const double angle = n.tuning_angle[target] * std::numbers::pi / 180;
  const double dx = n.x[source] - n.x[target], dz = n.z[source] - n.z[target];
  const double u = std::cos(angle) * dx + std::sin(angle) * dz,
               v = -std::sin(angle) * dx + std::cos(angle) * dz;
  double d = std::abs(n.tuning_angle[source] - n.tuning_angle[target]);
  d = std::abs(std::abs(std::abs(180 - d) - 90) - 90);
  return {u, v, d, {u, v * v, u * u, d}};
}

double probability(const NetworkSpec& spec, const V1Nodes& n, std::size_t source, std::size_t target,
                   const Pair& pair, const Belief& belief) {
  const auto& from = spec.populations[spec.models[n.model[source]].population];
  const auto& to = spec.populations[spec.models[n.model[target]].population];
  const int s = from.excitatory ? 0 : 1, t = to.excitatory ? 0 : 1;
  const double peak = spec.peak_probability(from.cell_type, to.cell_type);
  const double sigma = spec.recurrent.lateral_sigma_um[s][t] * belief.sigma_factor;
  const bool core = std::hypot(n.x[target], n.z[target]) <= 1.5 * spec.core_radius_um;
  const double offset = core ? belief.tuning_offset_um : 0;
  const double u = pair.u + (s == 0 ? offset : -offset);
  const double su = s == 0 ? sigma / 1.5 : sigma, sv = s == 0 ? sigma * 1.5 : sigma;
  double o = 1;
  if (const double b = spec.recurrent.orientation_ratio[s][t]; b > 0 && belief.orientation_rule) {
    double b1 = 2 / (1 + b), b2 = b * b1;
    if (peak * b1 > 1) b2 += b1 - 1 / peak, b1 = 1 / peak;
    o = b1 + (b2 - b1) * pair.orientation_deg / 90;
  }
  const double p = peak * std::exp(-0.5 * (u * u / (su * su) + pair.v * pair.v / (sv * sv))) * o *
                   n.target_size[target] / static_cast<double>(to.size_mean);
  return std::min(p, 1.0);
}

Comparison compare(const NetworkSpec& spec, const V1Nodes& nodes, const EdgeRows& rows,
                   const Belief& belief) {
  const std::size_t populations = spec.populations.size();
  Comparison result;
  result.counts.resize(populations * populations);
  const auto population = [&](std::size_t node) { return spec.models[nodes.model[node]].population; };
  const auto kind = [&](std::size_t node) { return spec.populations[population(node)].excitatory ? 0 : 1; };
  for (std::size_t target = 0; target < nodes.size(); ++target) {
    for (std::size_t source = 0; source < nodes.size(); ++source) {
      if (source == target) continue;
      const auto pair = pair_of(nodes, source, target);
      const double p = probability(spec, nodes, source, target, pair, belief);
      result.counts[population(source) * populations + population(target)].expect(p, 1);
      for (std::size_t q = 0; q < quantities; ++q)
        result.moments[kind(source)][kind(target)][q].expect(p, pair.values[q]);
    }
    for (auto row = rows.first_row[target]; row < rows.first_row[target + 1]; ++row) {
      const std::size_t source = rows.source[row] & ~run_start;
      const auto pair = pair_of(nodes, source, target);
      result.counts[population(source) * populations + population(target)].observed += 1;
      for (std::size_t q = 0; q < quantities; ++q)
        result.moments[kind(source)][kind(target)][q].observed += pair.values[q];
    }
  }
  for (const auto& sum : result.counts)
    if (sum.variance > 5)  // fewer are not normally distributed
      result.worst_count = std::max(result.worst_count, std::abs(sum.z()));
  for (const auto& kinds : result.moments)
    for (const auto& sums : kinds)
      for (const auto& sum : sums) result.worst_moment = std::max(result.worst_moment, std::abs(sum.z()));
  return result;
}

}  // namespace

TEST_CASE("recurrent edges follow the all-pairs law, and a wrong law is noticed") {
  const auto spec = read_network_spec("profile");
  const auto nodes = make_v1_nodes(spec);
  const auto rule = make_connection_rule(spec);
  const auto grid = make_source_grid(spec, nodes, rule);
  const auto rows = make_recurrent_edges(spec, nodes, rule, grid, targets_of({0, nodes.size()}), 0,
                                         [](std::size_t, std::size_t) {});
  REQUIRE(rows.rows() > 300'000);

  // 484 counts and 16 moments of one draw: the largest of 500 normal deviates stays below 4.5 with
  // probability 0.997.
  constexpr double bound = 4.5;
  const Belief right{.tuning_offset_um = 50};
  const auto good = compare(spec, nodes, rows, right);
  WARN(rows.rows() << " edges of " << nodes.size() << " cells; largest deviation " << good.worst_count
                   << " sd (counts), " << good.worst_moment << " sd (moments)");
  CHECK(good.worst_count < bound);
  CHECK(good.worst_moment < bound);

  CHECK(compare(spec, nodes, rows, {.tuning_offset_um = 0}).worst_moment > 10);
  CHECK(compare(spec, nodes, rows, {.tuning_offset_um = 50, .sigma_factor = 1.05}).worst_moment > 10);
  CHECK(compare(spec, nodes, rows, {.tuning_offset_um = 50, .orientation_rule = false}).worst_moment > 10);
}

TEST_CASE("no cell connects to itself or twice to the same target") {
  const auto spec = read_network_spec("tiny");
  const auto nodes = make_v1_nodes(spec);
  const auto rule = make_connection_rule(spec);
  const auto rows = make_recurrent_edges(spec, nodes, rule, make_source_grid(spec, nodes, rule),
                                         targets_of({0, nodes.size()}), 0, [](std::size_t, std::size_t) {});
  std::vector<std::size_t> last_target(nodes.size(), nodes.size());
  for (std::size_t target = 0; target < nodes.size(); ++target)
    for (auto row = rows.first_row[target]; row < rows.first_row[target + 1]; ++row) {
      const std::size_t source = rows.source[row] & ~run_start;
      REQUIRE(source != target);
      REQUIRE(last_target[source] != target);
      last_target[source] = target;
    }
}

TEST_CASE("in a wide sheet, walked in blocks, edges follow the all-pairs law as well") {
  // Few cells far apart: most blocks are far from most targets, and hold their sources all the same.
  auto spec = read_network_spec("profile", {{{"size", "radius_um"}, "1100"},
                                            {{"size", "core_radius_um"}, "800"},
                                            {{"size", "table_radius_um"}, "7000"}});
  for (auto& of_source : spec.recurrent.lateral_sigma_um)
    for (auto& sigma : of_source) sigma *= 4;  // so that they have edges enough
  const auto nodes = make_v1_nodes(spec);
  const auto rule = make_connection_rule(spec);
  const auto grid = make_source_grid(spec, nodes, rule);
  REQUIRE(grid.excitatory.blocks.size() > 30);
  const auto rows = make_recurrent_edges(spec, nodes, rule, grid, targets_of({0, nodes.size()}), 0,
                                         [](std::size_t, std::size_t) {});
  REQUIRE(rows.rows() > 50'000);
  constexpr double bound = 4.5;
  const auto good = compare(spec, nodes, rows, {.tuning_offset_um = 50});
  WARN(rows.rows() << " edges of " << nodes.size() << " cells; largest deviation " << good.worst_count
                   << " sd (counts), " << good.worst_moment << " sd (moments)");
  CHECK(good.worst_count < bound);
  CHECK(good.worst_moment < bound);
  CHECK(compare(spec, nodes, rows, {.tuning_offset_um = 50, .sigma_factor = 1.05}).worst_moment > 10);
}
