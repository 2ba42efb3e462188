// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/spike_targets.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace striate::engine {

std::vector<SpikeTarget> spike_targets(const SpikeInput& input, const Network& network,
                                       const io::NodeSets& node_sets) {
  const std::string where = input.where + "/node_set";
  const auto selections = node_sets.resolve(input.node_set, network.populations, where);
  if (selections.empty()) throw core::ConfigError("{} selects no node (spikes would go nowhere)", where);
  std::vector<SpikeTarget> targets;
  for (const auto& selection : selections) {
    const auto& gids = network.gid_of_node[selection.population];
    const auto is_virtual = [&](std::uint32_t node) { return gids[node] == no_neuron; };
    const auto selected = std::ranges::count_if(selection.nodes, is_virtual);
    if (selected == 0)
      throw core::ConfigError("{} selects the neurons of '{}' (spike inputs drive virtual populations)",
                              where, network.populations[selection.population].name);
    targets.push_back({.population = selection.population,
                       .selected = static_cast<std::size_t>(selected),
                       .virtual_nodes = static_cast<std::size_t>(std::ranges::count(gids, no_neuron))});
  }
  return targets;
}

std::vector<std::string> population_names(const Network& network) {
  std::vector<std::string> names;
  for (const auto& population : network.populations) names.push_back(population.name);
  return names;
}

}  // namespace striate::engine
