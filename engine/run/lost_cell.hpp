// SPDX-License-Identifier: BSD-3-Clause
// A lost state as its user knows the cell: node, population, cell model, time.
#pragma once

#include "core/time_grid.hpp"
#include "engine/machine/lost_state.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"

namespace striate::engine {

core::FormatError name_lost_cell(const LostState& lost, const Network& network, const Partition& partition,
                                 const core::TimeGrid& grid);

}  // namespace striate::engine
