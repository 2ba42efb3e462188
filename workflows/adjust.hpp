// SPDX-License-Identifier: BSD-3-Clause
// `striate adjust`: the engine's synapses and cell models, the network's weights and recorded rates together
// give the factors by which recurrent weights are scaled.
#pragma once

#include "core/kinds.hpp"

namespace striate::workflows {

const core::Kind& adjust_kind();

}  // namespace striate::workflows
