// SPDX-License-Identifier: BSD-3-Clause
// Background input: each cell receives from a few distinct units, chosen uniformly.
#pragma once

#include <cstdint>

#include "builder/edges/edge_rows.hpp"
#include "builder/spec/spec.hpp"

namespace striate::builder {

/// Units of `target`, ascending, appended. A function of (seed, target) alone. Floyd's algorithm (Bentley
/// 1987).
void sample_background(const BackgroundSpec& background, std::uint64_t seed, std::uint32_t target,
                       SourceColumn& units);

}  // namespace striate::builder
