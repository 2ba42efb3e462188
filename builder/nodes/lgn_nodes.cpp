// SPDX-License-Identifier: BSD-3-Clause
#include "builder/nodes/lgn_nodes.hpp"

#include <cmath>
#include <limits>

#include "core/values/random.hpp"

namespace striate::builder {
namespace {

using core::RandomStream;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Triangular on [low, high] with its mode at low + 1; the constant when both ends are equal.
double spatial_size(RandomStream& random, double low, double high) {
  if (low == high) return low;
  const double mode = low + 1, u = random.uniform(), split = (mode - low) / (high - low);
  return u < split ? low + std::sqrt(u * (high - low) * (mode - low))
                   : high - std::sqrt((1 - u) * (high - low) * (high - mode));
}

void add_filter(LgnSubfieldColumns& columns, const LgnFilter* filter, double spread, RandomStream& random) {
  const auto vary = [&](double value) { return value * (1 + spread * (2 * random.uniform() - 1)); };
  for (int i = 0; i < 2; ++i) {
    columns.kpeak[i].push_back(filter != nullptr ? vary(filter->kpeak_ms[i]) : none);
    columns.weight[i].push_back(filter != nullptr ? vary(filter->weight[i]) : none);
    columns.delay[i].push_back(filter != nullptr ? vary(filter->delay_ms[i]) : none);
  }
}

}  // namespace

LgnNodes make_lgn_nodes(const LgnSpec& lgn, std::uint64_t seed) {
  LgnNodes nodes;
  for (std::uint32_t type = 0; type < lgn.units.size(); ++type) {
    const auto& unit = lgn.units[type];
    for (std::int64_t a = 0; a < lgn.tiles_x; ++a)
      for (std::int64_t b = 0; b < lgn.tiles_y; ++b)
        for (std::int64_t k = 0; k < unit.per_tile; ++k) {
          RandomStream random(seed, core::Purpose::lgn_node, nodes.size());
          nodes.x.push_back(lgn.tile_deg * (static_cast<double>(a) + random.uniform()));
          nodes.y.push_back(lgn.tile_deg * (static_cast<double>(b) + random.uniform()));
          nodes.spatial_size.push_back(spatial_size(random, unit.size_min_deg, unit.size_max_deg));
          nodes.type.push_back(type);
          add_filter(nodes.dominant, &unit.dominant, lgn.filter_spread, random);
          add_filter(nodes.non_dominant, unit.non_dominant ? &*unit.non_dominant : nullptr, lgn.filter_spread,
                     random);
          const bool two = unit.non_dominant.has_value();
          nodes.sf_sep.push_back(two ? unit.sf_sep_deg * (1 + lgn.filter_spread * (2 * random.uniform() - 1))
                                     : none);
          nodes.tuning_angle.push_back(two ? 360 * random.uniform() : none);
        }
  }
  return nodes;
}

}  // namespace striate::builder
