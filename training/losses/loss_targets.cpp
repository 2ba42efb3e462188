// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/loss_targets.hpp"

#include <algorithm>
#include <random>

namespace striate::training {

std::vector<double> numpy_uniform(std::uint32_t seed, std::size_t count) {
  std::mt19937 random(seed);  // the standard prescribes this generator to the bit
  std::vector<double> numbers(count);
  for (double& x : numbers) {
    const std::uint32_t high = static_cast<std::uint32_t>(random()) >> 5,
                        low = static_cast<std::uint32_t>(random()) >> 6;
    x = (high * 67108864.0 + low) / 9007199254740992.0;
  }
  return numbers;
}

std::vector<double> rate_targets(std::span<const double> recorded, std::size_t count, std::uint32_t seed,
                                 TargetDraw draw) {
  std::vector<double> rates(recorded.begin(), recorded.end());
  rates.push_back(0);
  std::ranges::sort(rates);
  std::vector<double> at(count);
  if (draw == TargetDraw::random)
    at = numpy_uniform(seed, count);
  else
    for (std::size_t k = 0; k < count; ++k)
      at[k] = (static_cast<double>(k) + 0.5) / static_cast<double>(count);
  const auto last = static_cast<double>(rates.size() - 1);
  for (double& x : at) {
    const double place = x * last;
    const auto below = std::min(static_cast<std::size_t>(place), rates.size() - 1);
    const auto above = std::min(below + 1, rates.size() - 1);
    x = rates[below] + (place - static_cast<double>(below)) * (rates[above] - rates[below]);
  }
  std::ranges::sort(at);
  return at;
}

}  // namespace striate::training
