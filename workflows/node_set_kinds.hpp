// SPDX-License-Identifier: BSD-3-Clause
// The kinds of `striate nodesets`: cohorts of cells, and experiments on them.
#pragma once

#include <span>

#include "core/kinds.hpp"

namespace striate::workflows {

std::span<const core::Kind> node_set_kinds();

}  // namespace striate::workflows
