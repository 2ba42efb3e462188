// SPDX-License-Identifier: BSD-3-Clause
// How often a cell model fires under constant current: the same neurons and kernel as a simulation, without
// synaptic input, starting at rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/time_grid.hpp"
#include "engine/machine/model/glif_parameters.hpp"

namespace striate::engine {

/// Spikes within `duration_ms` (whole steps) under each current (pA).
std::vector<std::int64_t> spikes_under_current(const GlifParameters& parameters,
                                               std::span<const double> currents_pa, double duration_ms,
                                               const core::TimeGrid& grid);

}  // namespace striate::engine
