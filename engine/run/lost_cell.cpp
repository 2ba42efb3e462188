// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/lost_cell.hpp"

namespace striate::engine {

core::FormatError name_lost_cell(const LostState& lost, const Network& network, const Partition& partition,
                                 const core::TimeGrid& grid) {
  const core::Gid gid{partition.gid_of_lid[lost.lid.value]};
  return core::FormatError(
      "{} of node {} of population '{}' is no finite number by step {}, {} ms (cell model {}: its values, or "
      "weights and currents that reach the cell, are too large) correct them",
      lost.variable, network.node_id(gid), network.populations[network.gids.population_of(gid.value)].name,
      lost.stamp, grid.time_ms(lost.stamp), network.models[network.model_of_gid[gid.value]].label);
}

}  // namespace striate::engine
