// SPDX-License-Identifier: BSD-3-Clause
// Which LGN units project to a V1 cell, and with how many synapses (Billeh et al. 2020): a number of units
// given by the target's size is chosen without replacement with probabilities from distance and type, then
// numbers of synapses from a Yule-Simon distribution are dealt, large ones preferring near units.
//
// Choosing without replacement is a race: unit i arrives at a time E_i / p_i, E_i exponential, and the first
// K win (Efraimidis and Spirakis 2006). Times are drawn for near units only; far units arrive before the last
// near winner as points of a bounded Poisson process, which is thinned. Exact, but looks at hundreds of units
// instead of thousands.
#pragma once

#include <cstdint>
#include <vector>

#include "builder/edges/gaussian_cells.hpp"
#include "builder/nodes/id_set.hpp"
#include "builder/nodes/lgn_nodes.hpp"
#include "builder/nodes/v1_nodes.hpp"
#include "builder/spec/spec.hpp"
#include "core/values/random.hpp"

namespace striate::builder {

/// One connection: a unit and its synapses.
struct LgnConnection {
  std::uint32_t unit;
  std::uint32_t synapses;
};

class LgnSampler {
 public:
  /// All arguments must outlive the sampler.
  LgnSampler(const NetworkSpec& spec, const V1Nodes& targets, const LgnNodes& units);

  /// Connections onto `target` by ascending unit, appended. A function of (seed, target) alone.
  void sample(std::uint32_t target, std::vector<LgnConnection>& connections);

  /// Connections that the target's size asks for (there may be fewer units).
  static double wanted_connections(const NetworkSpec& spec, const V1Nodes& targets, std::uint32_t target);

 private:
  struct Unit {
    double x, y, tuning_angle;
    std::uint32_t id, type;
  };
  /// Units of one family and shift, by grid cell.
  struct Group {
    LgnFamily family;
    double shift;
    std::vector<std::uint32_t> types;
    CellGrid cells;
    std::vector<std::uint32_t> first;  ///< [cell], then the end
    std::vector<Unit> units;
  };
  struct Target {
    double centre_x, centre_y, cos, sin, tuning_angle;
  };
  struct Arrival {
    double time;
    double distance2;  ///< squared, stretched, in units of the field's sigma
    std::uint32_t unit;
  };
  /// Grid cells whose units have no times yet.
  struct FarCell {
    std::uint32_t group, cell;
    float exponent;
  };

  void make_groups();
  void weigh_types(double temporal_frequency, bool ignore_off);
  void collect_cells(const Target& target, bool ignore_off);
  void race(const Target& target, std::size_t wanted, core::RandomStream& random);
  void add_near(const Target& target, const FarCell& cell, core::RandomStream& random);
  void add_far(const Target& target, double until, core::RandomStream& random);
  double rate(const Target& target, const Group& group, const Unit& unit, double& distance2) const;
  void deal_synapses(double yule, core::RandomStream& random, std::vector<LgnConnection>& connections);

  const NetworkSpec& spec_;
  const V1Nodes& targets_;
  const LgnNodes& units_;
  std::vector<Group> groups_;
  std::vector<double> type_weight_;  ///< for the current target
  std::vector<double> largest_weight_;  ///< by group
  std::vector<float> exponent_;
  std::vector<FarCell> cells_;
  std::vector<Arrival> arrivals_;
  std::vector<double> distance2_of_unit_;
  IdSet chosen_;
};

}  // namespace striate::builder
