// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/background_edges.hpp"

#include <algorithm>

#include "core/values/draws.hpp"
#include "core/values/random.hpp"

namespace striate::builder {

void sample_background(const BackgroundSpec& background, std::uint64_t seed, std::uint32_t target,
                       SourceColumn& units) {
  core::RandomStream random(seed, core::Purpose::background_connection, target);
  const auto first = static_cast<std::ptrdiff_t>(units.size());
  for (auto last = background.units - background.connections; last < background.units; ++last) {
    const auto drawn = core::draw_index(random, static_cast<std::uint32_t>(last + 1));
    const bool taken = std::find(units.begin() + first, units.end(), drawn) != units.end();
    units.push_back(taken ? static_cast<std::uint32_t>(last) : drawn);
  }
  std::sort(units.begin() + first, units.end());
}

}  // namespace striate::builder
