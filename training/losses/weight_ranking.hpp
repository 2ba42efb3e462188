// SPDX-License-Identifier: BSD-3-Clause
// The two ways to find which weights are above the wanted weight of their rank (see weight_term.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "training/losses/weight_groups.hpp"

namespace striate::training {

/// Each group is sorted by one rank, which gets its weights from all and sends the signs back. Equal weights
/// are taken in the order of the file, so nothing depends on ranks.
template <class Real>
class SortedRanking {
 public:
  SortedRanking(const Circuit<Real>& circuit, const WeightGroups& groups,
                const core::HugeVector<Real>& wanted, const Ranks& ranks);
  /// distance[group]: sum over its synapses of the magnitude of the difference; sign[synapse].
  void rank(const core::HugeVector<Real>& weights, const Ranks& ranks, std::span<double> distance,
            std::vector<std::int8_t>& sign) const;

 private:
  struct Entry {
    Real weight;
    std::uint32_t place;  ///< among those received for the group
  };
  std::vector<Real> exchange(const core::HugeVector<Real>& weights, const Ranks& ranks) const;
  void sort(std::span<Entry> entries) const;

  std::vector<std::uint32_t> order_;  ///< own synapses by (rank that sorts them, group)
  std::vector<std::size_t> sent_, received_;  ///< per rank
  std::vector<std::uint32_t> arrangement_;  ///< received → by (group, row)
  std::vector<std::uint32_t> group_;  ///< of this rank to sort
  std::vector<std::size_t> first_;  ///< [of those + 1]
  std::vector<Real> wanted_;  ///< sorted within groups
};

/// Histograms of magnitudes on a logarithmic scale, linear inside a bin; both distributions are treated
/// alike, so equal ones differ by exactly nothing.
template <class Real>
class HistogramRanking {
 public:
  HistogramRanking(const WeightGroups& groups, const core::HugeVector<Real>& wanted, const Ranks& ranks);
  void rank(const WeightGroups& groups, const core::HugeVector<Real>& weights, const Ranks& ranks,
            std::span<double> distance, std::vector<std::int8_t>& sign) const;

 private:
  std::vector<std::int64_t> wanted_;  ///< [group][bin]
};

}  // namespace striate::training
