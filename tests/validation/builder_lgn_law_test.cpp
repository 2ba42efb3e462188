// SPDX-License-Identifier: BSD-3-Clause
// Do connections from the LGN follow their rule? The sampler against an oracle written here from the rule
// itself, which looks at every unit: successive weighted draws, then synapse numbers dealt one by one. Sums
// over all targets are compared; their variance comes from repeated draws of the oracle. Wrong rules must be
// noticed.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <fstream>
#include <numbers>
#include <random>

#include "builder/edges/lgn_connections.hpp"
#include "support/temporary_folder.hpp"

using namespace striate::builder;

namespace {

using Position = std::complex<double>;

/// What the oracle believes; changed on purpose to see the test fail.
struct Belief {
  double shift_deg = 2.5, aspect = 1.5, sigma_deg = 5;
  bool temporal_frequency = true, deal_by_distance = true;
};

enum Quantity : std::size_t {
  connections,
  distance,  ///< rho^2 of the chosen
  along,  ///< of ON units along the tuning direction, of OFF units against it
  near_synapses,  ///< log of the number of synapses times rho^2
  synapses,  ///< log of the number of synapses
  sustained_on,
  sustained_off,
  transient_off,
  two_subfield,
  frequency,
  quantities
};
using Sums = std::array<double, quantities>;

struct Geometry {
  Position centre, r;
};

Geometry geometry_of(const NetworkSpec& spec, const V1Nodes& cells, std::uint32_t target) {
  const Position centre{0.5 * 8 * static_cast<double>(spec.lgn.tiles_x) + 0.07 * cells.x[target],
                        0.5 * 8 * static_cast<double>(spec.lgn.tiles_y) + 0.04 * cells.z[target]};
  return {centre, std::polar(1.0, cells.tuning_angle[target] * std::numbers::pi / 180)};
}

void add(Sums& sums, const NetworkSpec& spec, const LgnNodes& units, std::uint32_t unit, const Geometry& g,
         double count) {
  const auto& type = spec.lgn.units[units.type[unit]];
  const Position d = (Position(units.x[unit], units.y[unit]) - g.centre) / g.r;
  const double rho2 = std::norm(d) / 25;
  sums[connections] += 1;
  sums[distance] += rho2;
  if (type.family == LgnFamily::sustained_on) sums[along] += d.real();
  if (type.family == LgnFamily::sustained_off) sums[along] -= d.real();
  sums[near_synapses] += std::log(count) * rho2;
  sums[synapses] += std::log(count);
  sums[sustained_on + static_cast<std::size_t>(type.family)] += 1;
  if (type.family != LgnFamily::two_subfield) sums[frequency] += std::log(type.temporal_frequency_hz);
}

std::size_t draw_index(const std::vector<double>& weights, std::mt19937_64& random) {
  return std::discrete_distribution<std::size_t>(weights.begin(), weights.end())(random);
}

Sums oracle(const NetworkSpec& spec, const V1Nodes& cells, const LgnNodes& units, std::uint32_t target,
            const Belief& belief, std::mt19937_64& random) {
  const auto& projection = spec.lgn.projection[spec.models[cells.model[target]].population];
  const double y = projection.yule_parameter;
  const double wanted =
      std::nearbyint(0.2 * cells.target_size[target] * projection.synapse_ratio_to_e4 * (y - 1) / y);
  const auto plain = geometry_of(spec, cells, target);
  auto g = plain;
  // The sampler's own first draw: between preferring ON and OFF the sums differ so much that they would hide
  // the rest.
  striate::core::RandomStream first(spec.seed, striate::core::Purpose::lgn_connection, target);
  const bool ignore_off = first.uniform() < projection.sustained_on_fraction;
  if (!ignore_off) g.r = -g.r;
  int T = 0;
  while (T == 0) T = std::poisson_distribution<int>(projection.tf_poisson_mean_hz)(random);

  double total[4] = {};
  int members[4] = {};
  for (const auto& type : spec.lgn.units) {
    total[static_cast<int>(type.family)] += std::abs(T - type.temporal_frequency_hz);
    ++members[static_cast<int>(type.family)];
  }
  std::vector<double> weight(units.size(), 0), rho2(units.size(), 0);
  for (std::uint32_t i = 0; i < units.size(); ++i) {
    const auto& type = spec.lgn.units[units.type[i]];
    const int family = static_cast<int>(type.family);
    Position d = Position(units.x[i], units.y[i]) - g.centre;
    if (std::abs(d) > 40) continue;
    const double s = type.family == LgnFamily::two_subfield    ? 0
                     : type.family == LgnFamily::transient_off ? 1
                                                               : -1;
    d = d / g.r + s * belief.shift_deg;
    rho2[i] = d.real() * d.real() * belief.aspect + d.imag() * d.imag() / belief.aspect;
    double by_type = 0;
    if (type.family == LgnFamily::two_subfield) {
      double difference = std::fmod(std::abs(units.tuning_angle[i] - cells.tuning_angle[target]), 180.0);
      difference = std::min(difference, 180 - difference);
      by_type = difference < 15 ? 1 : 0;
    } else if (type.family != (ignore_off ? LgnFamily::sustained_off : LgnFamily::sustained_on)) {
      by_type = belief.temporal_frequency
                    ? (1 - std::abs(T - type.temporal_frequency_hz) / total[family]) / (members[family] - 1)
                    : 1.0 / members[family];
    }
    weight[i] = by_type * std::exp(-rho2[i] / (2 * belief.sigma_deg * belief.sigma_deg));
  }

  std::vector<std::uint32_t> chosen;
  while (static_cast<double>(chosen.size()) < wanted &&
         std::any_of(weight.begin(), weight.end(), [](double w) { return w > 0; })) {
    chosen.push_back(static_cast<std::uint32_t>(draw_index(weight, random)));
    weight[chosen.back()] = 0;
  }
  // Yule-Simon: geometric with success probability exp(-E / y), E exponential.
  std::vector<double> numbers;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const double p = std::exp(-std::exponential_distribution<double>(y)(random));
    numbers.push_back(1 + static_cast<double>(std::geometric_distribution<long>(p)(random)));
  }
  std::sort(numbers.rbegin(), numbers.rend());
  std::vector<double> synapse_count(chosen.size(), 1);
  std::vector<bool> taken(chosen.size(), false);
  for (const double k : numbers) {
    if (k < 2) break;
    double nearest = 1e300;
    for (std::size_t i = 0; i < chosen.size(); ++i)
      if (!taken[i]) nearest = std::min(nearest, rho2[chosen[i]]);
    std::vector<double> w(chosen.size(), 0);
    for (std::size_t i = 0; i < chosen.size(); ++i)
      if (!taken[i]) w[i] = belief.deal_by_distance ? std::exp(-(rho2[chosen[i]] - nearest) * k / 50) : 1;
    const auto place = draw_index(w, random);
    taken[place] = true;
    synapse_count[place] = k;
  }
  Sums sums{};
  for (std::size_t i = 0; i < chosen.size(); ++i) add(sums, spec, units, chosen[i], plain, synapse_count[i]);
  return sums;
}

struct Comparison {
  double worst = 0, connections = 0;
  int other_counts = 0, limited = 0;
};

Comparison compare(const NetworkSpec& spec, const V1Nodes& cells, const LgnNodes& units,
                   const Belief& belief) {
  constexpr int repeats = 3;
  std::mt19937_64 random(1);
  LgnSampler sampler(spec, cells, units);
  Sums difference{}, variance{};
  Comparison result;
  for (std::uint32_t target = 0; target < cells.size(); target += 5) {
    std::vector<LgnConnection> connected;
    sampler.sample(target, connected);
    Sums ours{};
    for (const auto& connection : connected)
      add(ours, spec, units, connection.unit, geometry_of(spec, cells, target), connection.synapses);
    result.connections += ours[connections];
    std::array<Sums, repeats> draws;
    for (auto& draw : draws) draw = oracle(spec, cells, units, target, belief, random);
    // Few targets want more units than they can reach; the others get as many as they want.
    if (std::all_of(draws.begin(), draws.end(), [&](const Sums& d) {
          return d[connections] == LgnSampler::wanted_connections(spec, cells, target);
        }))
      result.other_counts += ours[connections] != draws[0][connections];
    else
      ++result.limited;
    for (std::size_t q = 0; q < quantities; ++q) {
      double mean = 0, square = 0;
      for (const auto& draw : draws) mean += draw[q];
      mean /= repeats;  // exact for counts that do not vary
      for (const auto& draw : draws) square += (draw[q] - mean) * (draw[q] - mean) / (repeats - 1);
      difference[q] += ours[q] - mean;
      variance[q] += square * (1 + 1.0 / repeats);
    }
  }
  for (std::size_t q = distance; q < quantities; ++q)
    result.worst = std::max(result.worst, std::abs(difference[q]) / std::sqrt(variance[q]));
  return result;
}

}  // namespace

TEST_CASE("LGN connections follow the law, and a wrong law is noticed") {
  // More units than of tiny's own LGN: there most targets take nearly all that they can reach.
  const striate::test::TemporaryFolder folder;
  std::ofstream(folder.path() / "mine.yaml") << "extends: tiny\nlgn: {tiles: [7, 6]}\n";
  const auto spec = read_network_spec((folder.path() / "mine.yaml").string());
  const auto cells = make_v1_nodes(spec);
  const auto units = make_lgn_nodes(spec.lgn, spec.seed);
  const auto good = compare(spec, cells, units, {});
  WARN(good.connections << " connections; largest of 9 deviations " << good.worst << " sd");
  CHECK(good.connections > 30'000);
  CHECK(good.other_counts == 0);
  CHECK(good.limited < 20);
  CHECK(good.worst < 3.8);  // of nine normal deviates with probability 0.999
  CHECK(compare(spec, cells, units, {.shift_deg = 0}).worst > 5);
  CHECK(compare(spec, cells, units, {.aspect = 1}).worst > 5);
  CHECK(compare(spec, cells, units, {.sigma_deg = 5.6}).worst > 5);
  CHECK(compare(spec, cells, units, {.temporal_frequency = false}).worst > 5);
  CHECK(compare(spec, cells, units, {.deal_by_distance = false}).worst > 5);
}
