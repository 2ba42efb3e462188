// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/node_targets.hpp"

#include <algorithm>
#include <unordered_map>

#include "core/errors/error.hpp"
#include "io/sonata/node_texts.hpp"

namespace striate::engine {
namespace {

/// Without virtual nodes, and without populations that have no others.
std::vector<io::NodeSelection> neurons_of(std::vector<io::NodeSelection> selections, const Network& network) {
  for (auto& selection : selections)
    std::erase_if(selection.nodes, [&](std::uint32_t node) {
      return network.gids.of(selection.population, node) == no_neuron;
    });
  std::erase_if(selections, [](const auto& selection) { return selection.nodes.empty(); });
  return selections;
}

std::size_t count_nodes(const std::vector<io::NodeSelection>& selections) {
  std::size_t count = 0;
  for (const auto& selection : selections) count += selection.nodes.size();
  return count;
}

io::ReportMeans means_by_name(const ReportSpec& report, const io::NodePopulation& population,
                              const std::vector<std::uint32_t>& nodes) {
  const io::NodeTexts names(population, "pop_name");
  io::ReportMeans means;
  std::unordered_map<std::string, std::uint32_t> groups;
  std::size_t unnamed = 0;
  for (const auto node : nodes) {
    auto name = names.of(node);
    if (!name) ++unnamed;
    const auto [group, is_new] = groups.emplace(name.value_or(population.name), groups.size());
    if (is_new) means.names.push_back(group->first);
    means.group.push_back(group->second);
  }
  if (unnamed != 0 && unnamed != nodes.size())
    throw core::ConfigError(
        "{} of the {} neurons of '{}' in {}/cells have no pop_name (\"reduce\": \"mean\" is by pop_name)",
        unnamed, nodes.size(), population.name, report.where);
  return means;
}

}  // namespace

std::vector<SpikeTarget> spike_targets(const SpikeInput& input, const Network& network,
                                       const io::NodeSets& node_sets) {
  const std::string where = input.where + "/node_set";
  const auto selections = node_sets.resolve(input.node_set, network.populations, where);
  if (selections.empty()) throw core::ConfigError("{} selects no node (spikes would go nowhere)", where);
  std::vector<SpikeTarget> targets;
  for (const auto& selection : selections) {
    const auto is_virtual = [&](std::uint32_t node) {
      return network.gids.of(selection.population, node) == no_neuron;
    };
    const auto selected = std::ranges::count_if(selection.nodes, is_virtual);
    if (selected == 0)
      throw core::ConfigError("{} selects the neurons of '{}' (spike inputs drive virtual populations)",
                              where, network.populations[selection.population].name);
    targets.push_back({.population = selection.population,
                       .selected = static_cast<std::size_t>(selected),
                       .virtual_nodes = network.gids.virtual_nodes(selection.population)});
  }
  return targets;
}

CurrentTargets current_targets(const CurrentClamp& clamp, const Network& network,
                               const io::NodeSets& node_sets) {
  const auto selections = node_sets.resolve(clamp.node_set, network.populations, clamp.where + "/node_set");
  CurrentTargets targets{.neurons = neurons_of(selections, network), .warning = {}};
  const auto neurons = count_nodes(targets.neurons), others = count_nodes(selections) - neurons;
  if (neurons == 0)
    targets.warning = fmt::format("{}/node_set selects no neuron; the current goes nowhere", clamp.where);
  else if (others != 0)
    targets.warning =
        fmt::format("{}/node_set selects {} virtual nodes among {} neurons; they get no current", clamp.where,
                    others, neurons);
  return targets;
}

std::vector<RecordedNeurons> recorded_neurons(const ReportSpec& report, const Network& network,
                                              const io::NodeSets& node_sets) {
  std::vector<RecordedNeurons> recorded;
  for (auto& [index, nodes] :
       neurons_of(node_sets.resolve(report.cells, network.populations, report.where + "/cells"), network)) {
    const auto& population = network.populations[index];
    std::ranges::sort(nodes, {}, [&](auto node) { return population.node_id[node]; });
    auto& part = recorded.emplace_back(RecordedNeurons{.population = index, .nodes = std::move(nodes)});
    if (report.means) part.means = means_by_name(report, population, part.nodes);
  }
  if (recorded.empty())
    throw core::ConfigError("{}/cells selects no neuron (the report would be empty)", report.where);
  return recorded;
}

std::vector<std::string> population_names(const Network& network) {
  std::vector<std::string> names;
  for (const auto& population : network.populations) names.push_back(population.name);
  return names;
}

}  // namespace striate::engine
