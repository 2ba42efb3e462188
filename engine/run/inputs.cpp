// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/inputs.hpp"

#include <algorithm>
#include <tuple>

#include "core/error.hpp"
#include "core/log.hpp"
#include "io/sonata/spikes.hpp"

namespace striate::engine {
namespace {

io::SpikeTrains read_trains(const SpikeInput& input) {
  core::require_readable(input.file, input.where + "/input_file");
  return input.format == SpikeInput::Format::h5 ? io::read_spikes_h5(input.file, input.population)
                                                : io::read_spikes_csv(input.file, input.population);
}

}  // namespace

std::vector<DrivenPopulation> find_driven_populations(const SimulationSpec& spec, const Network& network,
                                                      const io::NodeSets& node_sets) {
  std::vector<DrivenPopulation> driven;
  for (const auto& input : spec.spike_inputs) {
    const std::string where = input.where + "/node_set";
    const auto selections = node_sets.resolve(input.node_set, network.populations, where);
    if (selections.empty()) throw core::ConfigError("{} selects no node (spikes would go nowhere)", where);
    for (const auto& selection : selections) {
      const auto& population = network.populations[selection.population];
      if (!network.has_virtual_nodes(selection.population))
        throw core::ConfigError("{} selects the neurons of '{}' (spike inputs drive virtual populations)",
                                where, population.name);
      if (selection.nodes.size() != population.size())
        core::log::warning(
            "{} selects {} of {} nodes of '{}'; as in BMTK, the spikes of all its nodes are used", where,
            selection.nodes.size(), population.size(), population.name);
      const auto known = std::ranges::find(driven, selection.population, &DrivenPopulation::population);
      if (known == driven.end()) {
        driven.push_back({.population = selection.population, .inputs = {input}});
      } else {
        core::log::warning("input '{}' drives '{}' as '{}' already does; their spikes are merged", input.name,
                           population.name, known->inputs.front().name);
        known->inputs.push_back(input);
      }
    }
  }
  return driven;
}

std::vector<RowSpike> read_external_spikes(const DrivenPopulation& driven, const Network& network,
                                           const SynapseTable& table, const core::TimeGrid& grid,
                                           core::Step steps) {
  const auto& population = network.populations[driven.population];
  std::vector<std::uint32_t> row_of_node(population.size(), no_neuron);
  for (std::uint32_t row = 0; row < table.rows(); ++row) row_of_node[table.source[row]] = row;

  std::vector<RowSpike> spikes;
  for (const auto& input : driven.inputs) {
    const auto trains = read_trains(input);
    std::size_t unknown = 0;
    for (std::size_t i = 0; i < trains.size(); ++i) {
      if (!(trains.time_ms[i] > 0))
        throw core::FormatError("spike time {} ms at row {} of {} (times must be > 0)", trains.time_ms[i], i,
                                input.file);
      const auto node = population.index_of(trains.node_id[i]);
      if (!node) {
        ++unknown;
        continue;
      }
      const core::Step stamp = grid.spike_stamp(trains.time_ms[i]);
      if (stamp <= steps && row_of_node[*node] != no_neuron)
        spikes.push_back({.row = row_of_node[*node], .stamp = stamp});
    }
    if (unknown != 0)
      core::log::warning("{} of {} spikes in {} have node ids that '{}' does not have; they are dropped",
                         unknown, trains.size(), input.file, population.name);
  }
  std::ranges::sort(spikes, {}, [](const RowSpike& spike) { return std::tuple(spike.stamp, spike.row); });
  return spikes;
}

ClampedNeurons make_clamps(const SimulationSpec& spec, const Network& network, const io::NodeSets& node_sets,
                           const Partition& partition) {
  ClampedNeurons clamps;
  if (spec.clamps.empty()) return clamps;
  clamps.clamps_of.resize(partition.gid_of_lid.size());
  clamps.lids_of_clamp.resize(spec.clamps.size());
  clamps.amplitude.assign(spec.clamps.size(), 0.0);
  for (std::uint32_t c = 0; c < spec.clamps.size(); ++c) {
    const auto& clamp = spec.clamps[c];
    std::size_t neurons = 0;
    for (const auto& selection :
         node_sets.resolve(clamp.node_set, network.populations, clamp.where + "/node_set"))
      for (const std::uint32_t node : selection.nodes) {
        const core::Gid gid{network.gid_of_node[selection.population][node]};
        if (gid.value == no_neuron) continue;
        ++neurons;
        if (!partition.owns(gid)) continue;
        const core::Lid lid = partition.lid(gid);
        clamps.lids_of_clamp[c].push_back(lid);
        clamps.clamps_of[lid.value].push_back(c);
      }
    if (neurons == 0)
      core::log::warning("{}/node_set selects no neuron; the current goes nowhere", clamp.where);
    for (const auto& change : clamp.changes)
      clamps.changes.push_back({.step = change.step, .clamp = c, .amplitude = change.amplitude_pA});
  }
  std::ranges::sort(clamps.changes, {},
                    [](const auto& change) { return std::tuple(change.step, change.clamp); });
  return clamps;
}

}  // namespace striate::engine
