// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/cohorts.hpp"

#include <algorithm>
#include <map>

#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
bool belongs_to(CohortBase base, const std::string& type) {
  switch (base) {
    case CohortBase::exc:
      return is_excitatory(type);
    case CohortBase::inh:
      return !is_excitatory(type);
    case CohortBase::pv:
      return class_of(type) == "PV";
    case CohortBase::sst:
      return class_of(type) == "SST";
    case CohortBase::vip:
      return class_of(type) == "VIP";
  }
  return false;
}

std::optional<std::string> cohort_group(const std::string& cell_type, CohortGrouping grouping) {
  return grouping == CohortGrouping::by_layer ? layer_of(cell_type) : std::optional(cell_type);
}

Cohorts make_cohorts(const Cells& cells, std::span<const double> quantity, CohortRule rule) {
  Cohorts cohorts;
  for (std::size_t base = 0; base < cohort_bases; ++base) {
    auto& level = cohorts.level[base];
    level.assign(cells.size(), CohortLevel::none);
    std::map<std::string, std::vector<std::uint32_t>> groups;
    for (std::uint32_t row = 0; row < cells.size(); ++row) {
      if ((cells.core[row] != 0) != (rule.region == Region::core)) continue;
      const auto& type = cells.type_of(row);
      if (const auto group = cohort_group(type, rule.grouping);
          group && belongs_to(static_cast<CohortBase>(base), type))
        groups[*group].push_back(row);
    }
    for (auto& [group, rows] : groups) {
      std::ranges::stable_sort(rows, std::ranges::greater(),
                               [&](std::uint32_t row) { return quantity[row]; });
      const std::size_t third = rows.size() / 3;
      for (std::size_t i = 0; i < rows.size(); ++i)
        level[rows[i]] = i < third                 ? CohortLevel::high
                         : i < rows.size() - third ? CohortLevel::mid
                                                   : CohortLevel::low;
    }
  }
  return cohorts;
}

}  // namespace striate::metrics
