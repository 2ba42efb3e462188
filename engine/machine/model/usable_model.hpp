// SPDX-License-Identifier: BSD-3-Clause
// Whether a cell model's closed forms can be computed at a time step. Parameters may be allowed one by one
// and still lose all digits together, or add up beyond the largest number; such a run would be wrong without
// a sign of it.
#pragma once

#include <string>

#include "core/time_grid.hpp"
#include "engine/machine/model/glif_parameters.hpp"

namespace striate::engine {

/// Throws ConfigError naming `where` and the parameter. `parameters` have passed validate().
void require_usable(const GlifParameters& parameters, const core::TimeGrid& grid, const std::string& where);

}  // namespace striate::engine
