// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/weight_groups.hpp"

#include <cmath>

namespace striate::training {

template <class Real>
WeightGroups weight_groups(const Circuit<Real>& circuit, const core::HugeVector<Real>& weights,
                           std::span<const std::uint8_t> type, const Ranks& ranks) {
  constexpr std::size_t types = 128;
  const Recurrent<Real>& recurrent = circuit.recurrent;
  std::vector<std::uint8_t> type_at(circuit.cells);  // by owner, as sources are numbered
  for (std::uint32_t cell = 0; cell < circuit.cells; ++cell)
    type_at[ranks.place_by_owner(cell, circuit.cells)] = type[cell];
  std::vector<std::int64_t> size(types * types * 2, 0);
  const auto raw_group = [&](const Segment& segment, std::uint64_t i) {
    const std::size_t target = type[ranks.global(recurrent.slots[recurrent.slot[i]].target)];
    return (target * types + type_at[segment.source]) * 2 + (std::signbit(weights[i]) ? 1u : 0u);
  };
  for (const Segment& segment : recurrent.segments)
    for (std::uint64_t i = segment.first; i < segment.first + segment.count; ++i)
      ++size[raw_group(segment, i)];
  ranks.sum(size);

  WeightGroups groups;
  std::vector<std::uint16_t> number(size.size(), 0);
  for (std::size_t g = 0; g < size.size(); ++g) {
    const auto both = static_cast<double>(size[g] + size[g ^ 1]);
    if (g % 2 == 0 && both > 0) ++groups.connection_types;
    if (size[g] == 0) continue;
    number[g] = static_cast<std::uint16_t>(groups.size.size());
    groups.size.push_back(static_cast<double>(size[g]));
    groups.type_size.push_back(both);
  }
  groups.of_synapse.resize(recurrent.size());
  for (const Segment& segment : recurrent.segments)
    for (std::uint64_t i = segment.first; i < segment.first + segment.count; ++i)
      groups.of_synapse[i] = number[raw_group(segment, i)];
  return groups;
}

template WeightGroups weight_groups<float>(const Circuit<float>&, const core::HugeVector<float>&,
                                           std::span<const std::uint8_t>, const Ranks&);
template WeightGroups weight_groups<double>(const Circuit<double>&, const core::HugeVector<double>&,
                                            std::span<const std::uint8_t>, const Ranks&);

}  // namespace striate::training
