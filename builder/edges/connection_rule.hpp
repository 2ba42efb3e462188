// SPDX-License-Identifier: BSD-3-Clause
// Probability that one cell connects to another:
//   p = min(1, peak(types) g(lateral offset) o(orientation difference) size / mean size)
// with an anisotropic Gaussian g whose centre lies behind (excitatory source) or ahead (inhibitory source) of
// the target along its tuning direction (Rossi et al. 2020), and a linear orientation rule o (Billeh et al.
// 2020).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "builder/edges/gaussian_cells.hpp"
#include "builder/nodes/v1_nodes.hpp"
#include "builder/spec/spec.hpp"

namespace striate::builder {

/// o(d) = at_equal + (at_orthogonal - at_equal) d / 90, d the orientation difference in degrees.
struct OrientationRule {
  bool active = false;
  double at_equal = 1, at_orthogonal = 1;
  double largest() const { return std::max(at_equal, at_orthogonal); }
  double at(double difference_deg) const {
    return at_equal + (at_orthogonal - at_equal) / 90 * difference_deg;
  }
};

/// What the rule is for a (source, target) pair of cell kinds; a kind is a cell type with its sign.
struct KindPair {
  double peak = 0;
  OrientationRule orientation;
};

/// Cells that the rule does not tell apart.
struct CellKind {
  bool excitatory;
  std::uint32_t cell_type;
};

struct ConnectionRule {
  std::vector<CellKind> kinds;
  std::vector<std::uint32_t> kind_of_population;
  std::vector<KindPair> pairs;  ///< [source kind][target kind]
  std::vector<std::string> warnings;  ///< peaks above what the orientation rule can keep

  const KindPair& pair(std::size_t source, std::size_t target) const {
    return pairs[source * kinds.size() + target];
  }
};

ConnectionRule make_connection_rule(const NetworkSpec& spec);

/// The Gaussian of one target for excitatory or inhibitory sources.
Gaussian2d lateral_gaussian(const NetworkSpec& spec, const V1Nodes& nodes, std::size_t target,
                            bool excitatory_source);

inline double gaussian_at(const Gaussian2d& g, double x, double y) {
  const double dx = x - g.centre_x, dy = y - g.centre_y;
  const double a = (g.cos * dx + g.sin * dy) / g.sigma_along, b = (g.cos * dy - g.sin * dx) / g.sigma_across;
  return std::exp(-0.5 * (a * a + b * b));
}

/// Difference of two tuning angles in [0, 360) as orientations, 0 to 90 degrees.
inline double orientation_difference(double a_deg, double b_deg) {
  const double d = std::abs(a_deg - b_deg);
  return std::abs(std::abs(std::abs(180 - d) - 90) - 90);
}

/// Difference of two angles as directions, 0 to 180 degrees; any angles.
inline double direction_difference(double difference_deg) {
  return std::abs(std::abs(std::fmod(std::abs(difference_deg), 360.0) - 180) - 180);
}

}  // namespace striate::builder
