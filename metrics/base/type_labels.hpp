// SPDX-License-Identifier: BSD-3-Clause
// The cell types that a table of pairs distinguishes: those of the network, with the L5 excitatory types or
// the inhibitory classes of all layers pooled if asked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metrics/base/cells.hpp"

namespace striate::metrics {

struct TypePooling {
  bool l5 = false;  ///< L5_IT, L5_ET, L5_NP -> L5_Exc
  bool inhibitory = false;  ///< PV, SST, VIP of all layers
};

struct TypeLabels {
  std::vector<std::string> names;  ///< in the order of the figures
  std::vector<std::uint32_t> of_type;  ///< [cell type of Cells]
};

TypeLabels labels_of(const Cells& cells, const TypePooling& pooling);

}  // namespace striate::metrics
