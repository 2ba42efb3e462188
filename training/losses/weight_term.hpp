// SPDX-License-Identifier: BSD-3-Clause
// Distance of the weights from where they shall stay: mean over connection types of the earth mover's
// distance between current and wanted weights (docs/training.md, "Weights"). Its derivative after a weight
// has the sign of the difference to the wanted weight of the same rank in its group.
#pragma once

#include <cstdint>
#include <memory>

#include "training/losses/weight_ranking.hpp"

namespace striate::training {

enum class WeightDistance {
  absolute,  ///< of weights over the target's threshold distance, as in the published program
  relative  ///< divided by the group's mean magnitude, so that weak connections count like strong ones
};

/// How ranks within groups are found: by sorting all weights, or for large networks by histograms of
/// 4096 bins, where only weights whose distance is within a bin can get another sign.
enum class Ranking { automatic, sort, histogram };
inline constexpr double most_sorted_synapses = 1e7;  ///< on all ranks, with Ranking::automatic

template <class Real>
class WeightTerm {
 public:
  /// `wanted` in the circuit's order. Collective.
  WeightTerm(const Circuit<Real>& circuit, const WeightGroups& groups, const core::HugeVector<Real>& wanted,
             WeightDistance distance, const Ranks& ranks, Ranking ranking = Ranking::automatic);

  /// Adds the term's derivative to `gradient` (may be null) and returns its value. Collective.
  double add(const core::HugeVector<Real>& weights, double strength, core::HugeVector<Real>* gradient) const;

 private:
  const WeightGroups& groups_;
  const Ranks& ranks_;
  std::vector<double> factor_;  ///< [group], of its distance in the sum
  std::unique_ptr<SortedRanking<Real>> sorted_;
  std::unique_ptr<HistogramRanking<Real>> histograms_;
};

}  // namespace striate::training
