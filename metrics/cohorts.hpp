// SPDX-License-Identifier: BSD-3-Clause
// Core cells ranked by a quantity, such as their summed outgoing weight: the upper and the lower third of
// each layer, separately for excitatory and inhibitory cells and again for PV, SST and VIP cells.
#pragma once

#include <span>
#include <vector>

#include "metrics/cells.hpp"

namespace striate::metrics {

enum class CohortBase { exc, inh, pv, sst, vip };
inline constexpr const char* cohort_base_names[] = {"exc", "inh", "pv", "sst", "vip"};
inline constexpr std::size_t cohort_bases = std::size(cohort_base_names);

enum class CohortLevel : std::uint8_t { none, high, mid, low };
inline constexpr const char* cohort_level_names[] = {"none", "high", "mid", "low"};

/// [base][cell row]; `none` for cells outside of the base or the core and for cells without a layer.
struct Cohorts {
  std::vector<CohortLevel> level[cohort_bases];
};

/// Within each layer of n cells the floor(n/3) largest are high, the floor(n/3) smallest low, the rest mid.
/// Equal ones keep the order of their ids, lower ids counting as larger.
Cohorts make_cohorts(const Cells& cells, std::span<const double> quantity);

}  // namespace striate::metrics
