// SPDX-License-Identifier: BSD-3-Clause
#include "builder/synapse_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace striate::builder {
namespace {

/// Draws connections without replacement: from the cumulative weights of those that were free when these were summed,
/// repeating when one has been taken meanwhile, and summing anew when that becomes frequent.
class WeightedDraw {
 public:
  WeightedDraw(std::span<const double> half_distance2, double k, const std::vector<std::uint32_t>& synapses)
      : half_distance2_(half_distance2), k_(k), synapses_(synapses) {
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
    free_.clear();
    cumulative_.clear();
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < half_distance2_.size(); ++i)
      if (synapses_[i] == 1) nearest = std::min(nearest, half_distance2_[i]);
    double sum = 0;
    for (std::size_t i = 0; i < half_distance2_.size(); ++i) {
      if (synapses_[i] != 1) continue;
      sum += std::exp((nearest - half_distance2_[i]) * k_);  // 1 for the nearest: never all zero
      free_.push_back(static_cast<std::uint32_t>(i));
      cumulative_.push_back(sum);
    }
  }

  std::span<const double> half_distance2_;
  double k_;
  const std::vector<std::uint32_t>& synapses_;
  std::vector<std::uint32_t> free_;
  std::vector<double> cumulative_;
};

}  // namespace

std::uint32_t yule_simon(double y, core::RandomStream& random) {
  constexpr double largest = 1e6;  // reached with a probability below 1e-12
  const double e1 = random.exponential(), e2 = random.exponential();
  const double k = std::ceil(-e1 / std::log1p(-std::exp(-e2 / y)));
  return static_cast<std::uint32_t>(std::clamp(k, 1.0, largest));
}

void deal_synapse_numbers(std::span<const double> half_distance2, double y, core::RandomStream& random,
                          std::vector<std::uint32_t>& synapses) {
  synapses.assign(half_distance2.size(), 1);
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < half_distance2.size(); ++i)
    if (const auto k = yule_simon(y, random); k > 1) numbers.push_back(k);
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  for (std::size_t i = 0; i < numbers.size();) {
    WeightedDraw draw(half_distance2, numbers[i], synapses);
    for (const auto k = numbers[i]; i < numbers.size() && numbers[i] == k; ++i) synapses[draw.draw(random)] = k;
  }
}

}  // namespace striate::builder
