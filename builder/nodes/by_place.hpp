// SPDX-License-Identifier: BSD-3-Clause
// Cells in an order in which those near each other in the sheet come soon after each other. Neighbours have
// the same sources, so what is looked up for one is still in the cache for the next.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "builder/nodes/v1_nodes.hpp"

namespace striate::builder {

/// These cells, each once, along a Z-order curve over (x, z) (Morton 1966); those in one square of 40 um
/// ascend.
std::vector<std::uint32_t> by_place(const V1Nodes& nodes, std::span<const std::uint32_t> cells);

}  // namespace striate::builder
