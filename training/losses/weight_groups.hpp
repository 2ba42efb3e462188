// SPDX-License-Identifier: BSD-3-Clause
// Connection types: all synapses from cells of one type to cells of another. Since weights keep their sign,
// those of each sign are a group of their own; sorted weights of both signs together fall apart into them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "training/model/circuit.hpp"

namespace striate::training {

struct WeightGroups {
  core::HugeVector<std::uint16_t> of_synapse;  ///< group of each of this rank's synapses
  std::vector<double> size;  ///< [group], synapses on all ranks
  std::vector<double> type_size;  ///< [group], synapses of its connection type
  std::size_t connection_types = 0;  ///< with any synapse

  std::size_t count() const { return size.size(); }
};

/// `type`: of every cell, below 128. Only groups with a synapse are numbered, by (target type, source type,
/// sign). Collective.
template <class Real>
WeightGroups weight_groups(const Circuit<Real>& circuit, const core::HugeVector<Real>& weights,
                           std::span<const std::uint8_t> type, const Ranks& ranks);

}  // namespace striate::training
