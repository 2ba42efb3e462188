// SPDX-License-Identifier: BSD-3-Clause
// `striate fit`: measured connections as a network's description: what the builder should be told.
#pragma once

#include <span>

#include "core/kinds.hpp"

namespace striate::workflows {

std::span<const core::Kind> fit_kinds();

}  // namespace striate::workflows
