// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/connection_rule.hpp"

#include <fmt/format.h>

#include <numbers>

namespace striate::builder {
namespace {

/// Lowers the larger side to 1 / peak and raises the other by as much, so that the mean stays.
OrientationRule make_orientation(double ratio, double peak, const std::string& name,
                                 std::vector<std::string>& warnings) {
  OrientationRule rule;
  if (ratio <= 0) return rule;
  rule.active = true;
  rule.at_equal = 2 / (1 + ratio);
  rule.at_orthogonal = ratio * rule.at_equal;
  const double excess = rule.largest() - 1 / peak;
  if (peak <= 0 || excess <= 0) return rule;
  auto& larger = rule.at_equal >= rule.at_orthogonal ? rule.at_equal : rule.at_orthogonal;
  auto& smaller = rule.at_equal >= rule.at_orthogonal ? rule.at_orthogonal : rule.at_equal;
  larger -= excess;
  smaller += excess;
  warnings.push_back(fmt::format(
      "the orientation rule of {} is flattened (peak probability {} leaves room for a factor of {:.3f} only)",
      name, peak, 1 / peak));
  return rule;
}

}  // namespace

ConnectionRule make_connection_rule(const NetworkSpec& spec) {
  ConnectionRule rule;
  for (const auto& population : spec.populations) {
    const auto same = [&](const CellKind& kind) {
      return kind.excitatory == population.excitatory && kind.cell_type == population.cell_type;
    };
    const auto kind = std::find_if(rule.kinds.begin(), rule.kinds.end(), same);
    rule.kind_of_population.push_back(static_cast<std::uint32_t>(kind - rule.kinds.begin()));
    if (kind == rule.kinds.end()) rule.kinds.push_back({population.excitatory, population.cell_type});
  }
  for (const auto& source : rule.kinds)
    for (const auto& target : rule.kinds) {
      KindPair pair;
      pair.peak = spec.peak_probability(source.cell_type, target.cell_type);
      pair.orientation = make_orientation(
          spec.recurrent.orientation_ratio[source.excitatory ? 0 : 1][target.excitatory ? 0 : 1], pair.peak,
          spec.cell_types[source.cell_type] + " to " + spec.cell_types[target.cell_type], rule.warnings);
      rule.pairs.push_back(pair);
    }
  return rule;
}

Gaussian2d lateral_gaussian(const NetworkSpec& spec, const V1Nodes& nodes, std::size_t target,
                            bool excitatory_source) {
  const auto& recurrent = spec.recurrent;
  const bool excitatory_target = spec.populations[spec.models[nodes.model[target]].population].excitatory;
  const double angle = nodes.tuning_angle[target] * std::numbers::pi / 180;
  Gaussian2d g{};
  g.cos = std::cos(angle);
  g.sin = std::sin(angle);
  const double rho = std::hypot(nodes.x[target], nodes.z[target]);
  const double distance =
      rho <= recurrent.tuning_offset_core_factor * spec.core_radius_um ? recurrent.tuning_offset_um : 0.0;
  const double offset = excitatory_source ? -distance : distance;
  g.centre_x = nodes.x[target] + offset * g.cos;
  g.centre_y = nodes.z[target] + offset * g.sin;
  const double sigma = recurrent.lateral_sigma_um[excitatory_source ? 0 : 1][excitatory_target ? 0 : 1];
  g.sigma_along = excitatory_source ? sigma / recurrent.lateral_aspect : sigma;
  g.sigma_across = excitatory_source ? sigma * recurrent.lateral_aspect : sigma;
  return g;
}

}  // namespace striate::builder
