// SPDX-License-Identifier: BSD-3-Clause
// Cells ranked by a quantity, such as their summed outgoing weight: the upper and the lower third of each
// layer (or cell type) in the core or in the periphery, separately for excitatory and inhibitory cells and
// again for PV, SST and VIP cells.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/base/cells.hpp"

namespace striate::metrics {

enum class CohortBase { exc, inh, pv, sst, vip };
inline constexpr const char* cohort_base_names[] = {"exc", "inh", "pv", "sst", "vip"};
inline constexpr std::size_t cohort_bases = std::size(cohort_base_names);

bool belongs_to(CohortBase base, const std::string& cell_type);

enum class CohortLevel : std::uint8_t { none, high, mid, low };
inline constexpr const char* cohort_level_names[] = {"none", "high", "mid", "low"};

/// Labels of cells that are selective in their activity or not; unknown: nothing was measured.
inline constexpr const char *selective_label = "selective", *not_selective_label = "non_selective",
                            *unknown_label = "Unknown";

enum class Region { core, periphery };
enum class CohortGrouping { by_layer, by_cell_type };
struct CohortRule {
  Region region = Region::core;
  CohortGrouping grouping = CohortGrouping::by_layer;
};

/// The group within which cells of a type are ranked; nullopt for types without a layer that need one.
std::optional<std::string> cohort_group(const std::string& cell_type, CohortGrouping grouping);

/// [base][cell row]; `none` for cells outside of the base or the region and for cells without a group.
struct Cohorts {
  std::vector<CohortLevel> level[cohort_bases];
};

/// Within each group of n cells the floor(n/3) largest are high, the floor(n/3) smallest low, the rest mid.
/// Equal ones keep the order of their ids, lower ids counting as larger.
Cohorts make_cohorts(const Cells& cells, std::span<const double> quantity, CohortRule rule = {});

}  // namespace striate::metrics
