// SPDX-License-Identifier: BSD-3-Clause
// What is drawn from a stream in several places: an index, an order and a Poisson number.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/values/random.hpp"

namespace striate::core {

/// Uniform on [0, count), count > 0. One uniform(); its product with a large count may round up to count.
template <std::unsigned_integral Index>
Index draw_index(RandomStream& random, Index count) {
  return std::min<Index>(count - 1, static_cast<Index>(random.uniform() * static_cast<double>(count)));
}

/// A random order (Fisher-Yates).
template <class T>
void shuffle(RandomStream& random, std::vector<T>& items) {
  for (std::size_t left = items.size(); left > 1; --left)
    std::swap(items[left - 1], items[draw_index(random, left)]);
}

/// Poisson by counting exponential gaps: exact, and meant for small means.
inline std::int64_t draw_poisson(RandomStream& random, double mean) {
  std::int64_t count = -1;
  for (double sum = 0; sum <= mean; sum += random.exponential()) ++count;
  return count;
}

}  // namespace striate::core
