// SPDX-License-Identifier: BSD-3-Clause
// How much of the connections of each third of the cells lands on which cells: sums of |weight| and of
// synapses over all connections within V1, by groups of sources and of targets. Sums run over blocks of edges
// in the order of the file, so that ranks do not matter.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "metrics/base/cohorts.hpp"
#include "metrics/base/edge_blocks.hpp"

namespace striate::metrics {

/// What is summed; by the same the cells are ranked.
enum class Mass : std::size_t { weight, synapses };
inline constexpr const char* mass_names[] = {"weight", "synapses"};
inline constexpr std::size_t mass_count = std::size(mass_names);
inline constexpr const char* region_names[] = {"core", "periphery"};  ///< as Region
inline constexpr std::size_t region_count = std::size(region_names);
inline constexpr CohortLevel ranked_levels[] = {CohortLevel::high, CohortLevel::mid, CohortLevel::low};
/// Of targets. "other" are inhibitory cells of no known class.
inline constexpr const char* target_classes[] = {"Exc", "PV", "SST", "VIP", "L1_Inh", "other"};

/// A group of sources and one of targets.
struct LandingGroups {
  Mass mass = Mass::weight;
  std::size_t source_region = 0;
  std::size_t base = 0, level = 0;  ///< of the sources; `level` as ranked_levels
  std::size_t target_region = 0;
  std::size_t target_class = 0;
  CohortLevel target_level = CohortLevel::none;  ///< among the excitatory or the inhibitory cells there
};
using WantedTargets = std::function<bool(const LandingGroups&)>;

/// Calls `visit(groups)` for all groups of targets of these sources.
template <class Visit>
void for_targets(LandingGroups groups, const Visit& visit) {
  for (groups.target_region = 0; groups.target_region < region_count; ++groups.target_region)
    for (groups.target_class = 0; groups.target_class < std::size(target_classes); ++groups.target_class)
      for (std::size_t level = 0; level < std::size(cohort_level_names); ++level) {
        groups.target_level = static_cast<CohortLevel>(level);
        visit(groups);
      }
}

struct LandedMass {
  double connections = 0, mass = 0;
};

struct CohortLanding {
  Cells cells;
  std::array<std::array<Cohorts, region_count>, mass_count> ranks;
  std::vector<double> sums;  ///< of all groups; on the root

  std::int64_t cells_in(const LandingGroups& sources) const;
  LandedMass at(const LandingGroups& groups) const;
  /// Over the groups of targets that are wanted.
  LandedMass sum(const LandingGroups& sources, const WantedTargets& wanted) const;
};

struct LandingRequest {
  std::filesystem::path base;
  std::filesystem::path edge_file, ranking_file;  ///< whose connections are summed, and rank the cells
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Collective. Throws FormatError for edges without syn_weight.
CohortLanding land_cohorts(const LandingRequest& request, const core::Comm& comm);

}  // namespace striate::metrics
