// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/inputs.hpp"

#include <algorithm>
#include <tuple>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "engine/config/input_times.hpp"
#include "engine/config/spike_population.hpp"
#include "engine/network/node_targets.hpp"
#include "io/sonata/rules.hpp"
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
  const auto nodes = population_names(network);
  for (const auto& input : spec.spike_inputs) {
    const auto targets = spike_targets(input, network, node_sets);
    std::vector<std::string> names;
    for (const auto& target : targets) names.push_back(network.populations[target.population].name);
    const auto present = populations_of_file(input);
    for (const auto& target : targets) {
      const auto& population = network.populations[target.population];
      const auto choice = choose_spike_population(input, present, population.name, names, nodes);
      if (!choice.warning.empty()) core::log::warning("{}", choice.warning);
      if (!choice.plays) continue;
      if (target.selected != target.virtual_nodes)
        core::log::warning(
            "{}/node_set selects {} of {} virtual nodes of '{}'; as in BMTK, the spikes of all are used",
            input.where, target.selected, target.virtual_nodes, population.name);
      auto played = input;
      played.population = choice.population;
      const auto known = std::ranges::find(driven, target.population, &DrivenPopulation::population);
      if (known == driven.end()) {
        driven.push_back({.population = target.population, .inputs = {std::move(played)}});
      } else {
        core::log::warning("input '{}' drives '{}' as '{}' already does; their spikes are merged", input.name,
                           population.name, known->inputs.front().name);
        known->inputs.push_back(std::move(played));
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

  const double end_ms = grid.time_ms(steps);
  InputTimes of_all(end_ms, grid.dt_ms);
  std::vector<RowSpike> spikes;
  for (const auto& input : driven.inputs) {
    const auto trains = read_trains(input);
    InputTimes times(end_ms, grid.dt_ms);
    for (const double time : trains.time_ms) times.add(time);
    if (const auto text = times.warning(input); !text.empty()) core::log::warning("{}", text);
    of_all.add(times);
    std::size_t of_neurons = 0;
    for (std::size_t i = 0; i < trains.size(); ++i) {
      if (!io::rules::is_spike_time(trains.time_ms[i], io::rules::TimeZero::refused))
        throw io::rules::impossible_time(trains.time_ms[i], io::rules::row_of(i, input.file.string()),
                                         io::rules::TimeZero::refused);
      const auto node = population.index_of(trains.node_id[i]);
      if (!node)
        throw io::rules::unknown_node(trains.node_id[i], io::rules::row_of(i, input.file.string()),
                                      population.name, population.size());
      if (network.gids.of(driven.population, *node) != no_neuron) {
        ++of_neurons;
        continue;
      }
      const core::Step stamp = grid.spike_stamp(trains.time_ms[i]);
      if (stamp <= steps && row_of_node[*node] != no_neuron)
        spikes.push_back({.row = row_of_node[*node], .stamp = stamp});
    }
    if (of_neurons != 0)
      core::log::warning(
          "{} of {} spikes in {} are of neurons of '{}', not of virtual nodes; they are dropped", of_neurons,
          trains.size(), input.file, population.name);
  }
  if (const auto text = of_all.stops_early(driven.inputs, population.name); !text.empty())
    core::log::warning("{}", text);
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
    const auto targets = current_targets(clamp, network, node_sets);
    if (!targets.warning.empty()) core::log::warning("{}", targets.warning);
    for (const auto& selection : targets.neurons)
      for (const std::uint32_t node : selection.nodes) {
        const core::Gid gid{network.gids.of(selection.population, node)};
        if (!partition.owns(gid)) continue;
        const core::Lid lid = partition.lid(gid);
        clamps.lids_of_clamp[c].push_back(lid);
        clamps.clamps_of[lid.value].push_back(c);
      }
    for (const auto& change : clamp.changes)
      clamps.changes.push_back({.step = change.step, .clamp = c, .amplitude = change.amplitude_pA});
  }
  std::ranges::sort(clamps.changes, {},
                    [](const auto& change) { return std::tuple(change.step, change.clamp); });
  return clamps;
}

}  // namespace striate::engine
