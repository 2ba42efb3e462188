// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/usable_models.hpp"

#include "engine/machine/model/usable_model.hpp"

namespace striate::engine {

void require_usable_models(const Network& network, const core::TimeGrid& grid, core::Problems* problems) {
  for (const auto& model : network.models)
    core::attempt(problems, [&] { require_usable(model.parameters, grid, model.label); });
}

}  // namespace striate::engine
