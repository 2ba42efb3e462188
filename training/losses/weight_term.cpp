// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/weight_term.hpp"

#include <cmath>
#include <numeric>

namespace striate::training {
namespace {

/// Sum of magnitudes per group, as whole multiples of 2^-32 of the largest, so that ranks can be added.
template <class Real>
std::vector<double> sums_of_magnitudes(const WeightGroups& groups, const core::HugeVector<Real>& weights,
                                       const Ranks& ranks) {
  double largest = 0;
  for (const Real w : weights) largest = std::fmax(largest, std::abs(static_cast<double>(w)));
  largest = ranks.maximum(largest);
  std::vector<double> sums(groups.count(), 0.0);
  if (largest == 0) return sums;
  const double unit = std::ldexp(largest, -32);
  std::vector<std::int64_t> whole(groups.count(), 0);
  for (std::size_t i = 0; i < weights.size(); ++i)
    whole[groups.of_synapse[i]] += std::llrint(std::abs(static_cast<double>(weights[i])) / unit);
  ranks.sum(whole);
  for (std::size_t g = 0; g < sums.size(); ++g) sums[g] = static_cast<double>(whole[g]) * unit;
  return sums;
}

}  // namespace

template <class Real>
WeightTerm<Real>::WeightTerm(const Circuit<Real>& circuit, const WeightGroups& groups,
                             const core::HugeVector<Real>& wanted, WeightDistance distance,
                             const Ranks& ranks, Ranking ranking)
    : groups_(groups), ranks_(ranks) {
  for (std::size_t g = 0; g < groups.count(); ++g)
    factor_.push_back(1 / (groups.type_size[g] * static_cast<double>(groups.connection_types)));
  if (distance == WeightDistance::relative) {
    const auto sums = sums_of_magnitudes(groups, wanted, ranks);
    for (std::size_t g = 0; g < groups.count(); ++g)
      factor_[g] = sums[g] > 0 ? factor_[g] * groups.size[g] / sums[g] : 0;
  }
  const double synapses = std::reduce(groups.size.begin(), groups.size.end());
  if (ranking == Ranking::sort || (ranking == Ranking::automatic && synapses < most_sorted_synapses))
    sorted_ = std::make_unique<SortedRanking<Real>>(circuit, groups, wanted, ranks);
  else
    histograms_ = std::make_unique<HistogramRanking<Real>>(groups, wanted, ranks);
}

template <class Real>
double WeightTerm<Real>::add(const core::HugeVector<Real>& weights, double strength,
                             core::HugeVector<Real>* gradient) const {
  std::vector<double> distance(groups_.count(), 0.0);
  std::vector<std::int8_t> sign;
  if (sorted_)
    sorted_->rank(weights, ranks_, distance, sign);
  else
    histograms_->rank(groups_, weights, ranks_, distance, sign);
  double loss = 0;
  for (std::size_t g = 0; g < distance.size(); ++g) loss += strength * factor_[g] * distance[g];
  if (gradient != nullptr) {
    std::vector<Real> slope(groups_.count());
    for (std::size_t g = 0; g < slope.size(); ++g) slope[g] = static_cast<Real>(strength * factor_[g]);
    for (std::size_t i = 0; i < weights.size(); ++i)
      (*gradient)[i] += slope[groups_.of_synapse[i]] * static_cast<Real>(sign[i]);
  }
  return loss;
}

template class WeightTerm<float>;
template class WeightTerm<double>;

}  // namespace striate::training
