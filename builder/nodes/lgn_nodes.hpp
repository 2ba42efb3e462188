// SPDX-License-Identifier: BSD-3-Clause
// The units of the LGN: node ids run over unit types, then tiles (x outside, y inside), then units of a tile.
// Positions in degrees, times in ms; attributes that a type lacks are NaN. Random by (seed, lgn_node, id).
#pragma once

#include <cstdint>
#include <vector>

#include "builder/spec/spec.hpp"

namespace striate::builder {

/// Per-unit filter values of one subfield.
struct LgnSubfieldColumns {
  std::vector<double> weight[2], kpeak[2], delay[2];
};

struct LgnNodes {
  std::vector<double> x, y, spatial_size, tuning_angle, sf_sep;
  LgnSubfieldColumns dominant, non_dominant;
  std::vector<std::uint32_t> type;  ///< index into LgnSpec::units
  std::size_t size() const { return x.size(); }
};

LgnNodes make_lgn_nodes(const LgnSpec& lgn, std::uint64_t seed);

}  // namespace striate::builder
