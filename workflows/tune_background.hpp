// SPDX-License-Identifier: BSD-3-Clause
// `striate tune`: LGN, engine and interventions in a loop, until each cell model fires as recorded.
#pragma once

#include <span>

#include "core/kinds.hpp"

namespace striate::workflows {

std::span<const core::Kind> tune_kinds();

}  // namespace striate::workflows
