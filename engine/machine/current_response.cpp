// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/current_response.hpp"

#include <algorithm>

#include "engine/machine/glif_kernel.hpp"

namespace striate::engine {

std::vector<std::int64_t> spikes_under_current(const GlifParameters& parameters,
                                               std::span<const double> currents, double duration_ms,
                                               const core::TimeGrid& grid) {
  constexpr std::uint32_t steps_at_once = 64;
  const std::uint32_t count[] = {static_cast<std::uint32_t>(currents.size())};
  auto neurons = make_neurons({make_propagators(parameters, grid)}, count);
  for (std::uint32_t i = 0; i < currents.size(); ++i) inject(neurons, {i}, currents[i]);
  auto inputs = make_input_tiles(neurons, steps_at_once);
  std::vector<std::int64_t> counts(currents.size(), 0);
  std::vector<LocalSpike> spikes;
  const core::Step end = grid.nearest_step(duration_ms);
  for (core::Step now = 0; now < end; now += steps_at_once) {
    const auto steps = static_cast<std::uint32_t>(std::min<core::Step>(end - now, steps_at_once));
    for (std::uint32_t tile = 0; tile < inputs.tiles; ++tile)
      advance_tile(neurons, inputs, tile, now, steps, spikes);
    for (const auto& spike : spikes) ++counts[spike.lid.value];
    spikes.clear();
  }
  return counts;
}

}  // namespace striate::engine
