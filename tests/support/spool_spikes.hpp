// SPDX-License-Identifier: BSD-3-Clause
// Spikes as a simulation has them, for those who test how they reach the disk.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "core/values/random.hpp"
#include "io/sonata/spike_spool.hpp"

namespace striate::test {

struct NodeSpike {
  core::Step step;
  std::uint32_t node;
};

/// Each of `nodes` fires at random in each of `steps` steps, but the last not at all. The same on every rank,
/// by step, nodes in no order.
inline std::vector<NodeSpike> node_spikes(std::uint32_t nodes, core::Step steps, double chance) {
  core::RandomStream random(3, core::Purpose::test, nodes);
  std::vector<NodeSpike> spikes;
  for (core::Step step = 1; step <= steps; ++step)
    for (std::uint32_t i = 0; i + 1 < nodes; ++i)
      if (random.uniform() < chance)
        spikes.push_back({step, static_cast<std::uint32_t>(i * 7u % (nodes - 1))});
  return spikes;
}

/// Distinct ids, not ascending.
inline std::vector<std::uint64_t> shuffled_ids(std::uint32_t nodes) {
  std::vector<std::uint64_t> ids;
  for (std::uint32_t node = 0; node < nodes; ++node) ids.push_back(1000 + (node * 5u + 3u) % nodes * 10);
  return ids;
}

/// Gives the spool those spikes of [from, to) whose node this rank owns.
inline void add_spikes(io::SpikeSpool& spool, std::span<const NodeSpike> spikes, core::Step from,
                       core::Step to, const core::Comm& comm) {
  const auto places = spool.places();
  for (const auto& spike : spikes)
    if (spike.step >= from && spike.step < to &&
        spike.node % static_cast<std::uint32_t>(comm.size()) == static_cast<std::uint32_t>(comm.rank()))
      spool.add(spike.step, places[spike.node]);
}

/// What all these spikes are to the writer that sorts in memory.
inline io::OutputSpikes output_of(std::span<const NodeSpike> spikes, std::span<const std::uint64_t> ids,
                                  const core::TimeGrid& grid) {
  io::OutputSpikes output{.population = "v1", .time_ms = {}, .node_id = {}};
  for (const auto& spike : spikes) {
    output.time_ms.push_back(grid.time_ms(spike.step));
    output.node_id.push_back(ids[spike.node]);
  }
  return output;
}

}  // namespace striate::test
