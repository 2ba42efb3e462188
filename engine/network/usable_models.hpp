// SPDX-License-Identifier: BSD-3-Clause
// All cell models of a network against the time step they are to run with.
#pragma once

#include "core/errors/problems.hpp"
#include "core/time_grid.hpp"
#include "engine/network/network.hpp"

namespace striate::engine {

/// Throws ConfigError naming the model whose closed forms cannot be computed; with `problems`, all of them
/// are recorded there.
void require_usable_models(const Network& network, const core::TimeGrid& grid,
                           core::Problems* problems = nullptr);

}  // namespace striate::engine
