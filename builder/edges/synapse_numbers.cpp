// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/synapse_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace striate::builder {
namespace {

/// x^k for k >= 1 by squaring; vectorised over many x by the caller's loop.
inline double power(double x, std::uint32_t k) {
  double result = (k & 1) != 0 ? x : 1.0;
  while ((k >>= 1) != 0) {
    x *= x;
    if ((k & 1) != 0) result *= x;
  }
  return result;
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
    free_.clear();
    cumulative_.clear();
    double sum = 0;
    for (std::size_t i = 0; i < base_.size(); ++i)
      if (synapses_[i] == 1) add(i, sum += power(base_[i], k_));
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

  void add(std::size_t connection, double sum) {
    free_.push_back(static_cast<std::uint32_t>(connection));
    cumulative_.push_back(sum);
  }

  std::span<const double> half_distance2_;
  const std::vector<std::uint32_t>& synapses_;
  double nearest_ = 0;
  std::uint32_t k_ = 1;
  std::vector<double> base_;  ///< exp(-d), relative to the nearest
  std::vector<std::uint32_t> free_;
  std::vector<double> cumulative_;
};

}  // namespace

std::uint32_t yule_simon(double y, core::RandomStream& random) {
  constexpr std::uint32_t largest = 1'000'000;  // reached with a probability below 1e-12
  const double u = random.uniform();
  // P(K > k) = P(K > k - 1) k / (k + y)
  double survival = 1;
  for (std::uint32_t k = 1; k < largest; ++k) {
    survival *= k / (k + y);
    if (u >= survival) return k;
  }
  return largest;
}

void deal_synapse_numbers(std::span<const double> half_distance2, double y, core::RandomStream& random,
                          std::vector<std::uint32_t>& synapses) {
  synapses.assign(half_distance2.size(), 1);
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < half_distance2.size(); ++i)
    if (const auto k = yule_simon(y, random); k > 1) numbers.push_back(k);
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  WeightedDraw draw(half_distance2, synapses);
  for (std::size_t i = 0; i < numbers.size();) {
    draw.set_exponent(numbers[i]);
    for (const auto k = numbers[i]; i < numbers.size() && numbers[i] == k; ++i)
      synapses[draw.draw(random)] = k;
  }
}

}  // namespace striate::builder
