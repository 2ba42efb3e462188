// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/synapse_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace striate::builder {
namespace {

/// results = bases^k, k >= 1, by squaring; loops that the compiler turns into vectors.
void raise(const std::vector<double>& bases, std::uint32_t k, std::vector<double>& squares,
           std::vector<double>& results) {
  squares = bases;
  if ((k & 1) != 0)
    results = bases;
  else
    results.assign(bases.size(), 1.0);
  while ((k >>= 1) != 0) {
    for (auto& x : squares) x *= x;
    if ((k & 1) != 0)
      for (std::size_t i = 0; i < results.size(); ++i) results[i] *= squares[i];
  }
}

/// Draws connections without replacement: from the cumulative weights of those that were free when these were
/// summed, repeating when one has been taken meanwhile, and summing anew when that becomes frequent.
class WeightedDraw {
 public:
  WeightedDraw(std::span<const double> half_distance2, const std::vector<std::uint32_t>& synapses)
      : half_distance2_(half_distance2), synapses_(synapses) {
    nearest_ = half_distance2.empty() ? 0 : *std::min_element(half_distance2.begin(), half_distance2.end());
    for (const auto d : half_distance2) base_.push_back(std::exp(nearest_ - d));
  }

  /// Later draws are with probability proportional to exp(-d k).
  void set_exponent(std::uint32_t k) {
    k_ = k;
    sum_free();
  }

  std::size_t draw(core::RandomStream& random) {
    constexpr int most_misses = 8;
    for (int misses = 0;; ++misses) {
      if (misses == most_misses) sum_free(), misses = 0;
      const double level = random.uniform() * cumulative_.back();
      const auto place = static_cast<std::size_t>(
          std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, level) - cumulative_.begin());
      if (synapses_[free_[place]] == 1) return free_[place];
    }
  }

 private:
  void sum_free() {
    raise(base_, k_, squares_, powers_);
    free_.resize(base_.size());
    cumulative_.resize(base_.size());
    double sum = 0;
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < base_.size(); ++i) {  // without a branch that nobody can foresee
      const bool is_free = synapses_[i] == 1;
      sum += is_free ? powers_[i] : 0.0;
      free_[count] = i;
      cumulative_[count] = sum;
      count += is_free ? 1 : 0;
    }
    free_.resize(count);
    cumulative_.resize(count);
    // The nearest may be taken, and what is left too small for powers: then relative to the nearest that is
    // free.
    if (sum < 1e-200) sum_free_relative();
  }

  void sum_free_relative() {
    double nearest = std::numeric_limits<double>::infinity();
    for (const auto i : free_) nearest = std::min(nearest, half_distance2_[i]);
    cumulative_.clear();
    double sum = 0;
    for (const auto i : free_) cumulative_.push_back(sum += std::exp((nearest - half_distance2_[i]) * k_));
  }

  std::span<const double> half_distance2_;
  const std::vector<std::uint32_t>& synapses_;
  double nearest_ = 0;
  std::uint32_t k_ = 1;
  std::vector<double> base_;  ///< exp(-d), relative to the nearest
  std::vector<double> powers_, squares_;  ///< of `base_`
  std::vector<std::uint32_t> free_;
  std::vector<double> cumulative_;
};

}  // namespace

YuleSimon::YuleSimon(double y) : y_(y) {}

std::uint32_t YuleSimon::draw(core::RandomStream& random) {
  constexpr std::uint32_t largest = 1'000'000;  // reached with a probability below 1e-12
  const double u = random.uniform();
  for (std::uint32_t k = 1; k < largest; ++k) {
    // P(K > k) = P(K > k - 1) k / (k + y)
    if (k == survival_.size()) survival_.push_back(survival_.back() * (k / (k + y_)));
    if (u >= survival_[k]) return k;
  }
  return largest;
}

void deal_synapse_numbers(std::span<const double> half_distance2, double y, core::RandomStream& random,
                          std::vector<std::uint32_t>& synapses) {
  synapses.assign(half_distance2.size(), 1);
  std::vector<std::uint32_t> numbers;
  YuleSimon yule_simon(y);
  for (std::size_t i = 0; i < half_distance2.size(); ++i)
    if (const auto k = yule_simon.draw(random); k > 1) numbers.push_back(k);
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  WeightedDraw draw(half_distance2, synapses);
  for (std::size_t i = 0; i < numbers.size();) {
    draw.set_exponent(numbers[i]);
    for (const auto k = numbers[i]; i < numbers.size() && numbers[i] == k; ++i)
      synapses[draw.draw(random)] = k;
  }
}

}  // namespace striate::builder
