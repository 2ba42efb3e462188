// SPDX-License-Identifier: BSD-3-Clause
// Runs a network through load_network, begin_trial and run_steps, and collects the state of all neurons from
// all ranks: what must be the same, bit for bit, however many there are.
#pragma once

#include <algorithm>
#include <array>
#include <fstream>
#include <tuple>
#include <vector>

#include "core/log.hpp"
#include "engine/run/loaded_network.hpp"
#include "engine/run/run.hpp"
#include "support/made_network.hpp"

namespace striate::test {

struct CellState {
  std::uint32_t gid;
  std::array<double, 8> neuron;  ///< v, thresholds, currents, refractory steps
  std::array<double, 40> synapses;  ///< of up to ten ports
  bool operator==(const CellState&) const = default;
};

struct CellSpike {
  core::Step stamp;
  std::uint32_t gid;
  auto operator<=>(const CellSpike&) const = default;
};

struct EngineOutcome {
  std::vector<CellState> cells;  ///< by gid
  std::vector<CellSpike> spikes;  ///< by (stamp, gid)
  bool operator==(const EngineOutcome&) const = default;
};

inline EngineOutcome collect(const engine::LoadedNetwork& loaded, std::span<const engine::LocalSpike> spikes,
                             const core::Comm& comm) {
  const auto& neurons = loaded.shard.neurons;
  std::vector<CellState> own;
  for (const auto& group : neurons.groups)
    for (std::uint32_t i = 0; i < group.count; ++i) {
      const std::uint32_t lid = group.first_lid + i;
      CellState cell{.gid = loaded.partition.gid_of_lid[lid],
                     .neuron = {neurons.v[lid], neurons.theta_spike[lid], neurons.theta_voltage[lid],
                                neurons.i_ext[lid], neurons.asc[0][lid], neurons.asc[1][lid],
                                neurons.i_syn[lid], static_cast<double>(neurons.refractory[lid])},
                     .synapses = {}};
      for (std::size_t port = 0; port < neurons.models[group.model].ports.size(); ++port)
        std::ranges::copy(port_state(neurons, {lid}, port),
                          std::span(cell.synapses).subspan(port * engine::port_variables).begin());
      own.push_back(cell);
    }
  std::vector<CellSpike> own_spikes;
  for (const auto& spike : spikes)
    own_spikes.push_back({spike.stamp, loaded.partition.gid_of_lid[spike.lid.value]});
  EngineOutcome outcome{comm.all_gather_v<CellState>(own), comm.all_gather_v<CellSpike>(own_spikes)};
  std::ranges::sort(outcome.cells, {}, &CellState::gid);
  std::ranges::sort(outcome.spikes);
  return outcome;
}

inline std::vector<core::ExchangeForm> all_exchange_forms() {
  std::vector<core::ExchangeForm> forms;
  for (const auto& name : core::exchange_forms()) forms.push_back(core::parse_exchange_form(name));
  return forms;
}

/// One trial on a network that may have run others. Collective.
inline EngineOutcome run_trial(engine::LoadedNetwork& loaded, const engine::Trial& trial,
                               const engine::Network& network, const core::Comm& comm,
                               core::ExchangeForm form = core::ExchangeForm::alltoallv) {
  core::log::set_up(core::log::Level::quiet, comm.rank());  // no bars of progress
  begin_trial(loaded, trial, network);
  engine::SpikeRouter router(loaded.shard.recurrent.synapses, loaded.partition, comm, form);
  std::vector<engine::Recorder> recorders;
  auto timers = engine::make_phase_timers();
  std::vector<engine::LocalSpike> spikes;
  const auto sink = [&](std::span<const engine::LocalSpike> emitted) {
    spikes.insert(spikes.end(), emitted.begin(), emitted.end());
  };
  run_steps(loaded.shard, router, recorders, sink, trial.spec.steps, loaded.interval, trial.spec.grid, comm,
            timers);
  return collect(loaded, spikes, comm);
}

/// Spikes of the virtual nodes, as a CSV file.
inline void write_input_spikes(const std::filesystem::path& file, std::uint64_t seed, double duration_ms) {
  core::RandomStream random(2, core::Purpose::test, seed);
  std::ofstream out(file);
  out << "timestamps population node_ids\n";
  for (int i = 0; i < 400; ++i)
    out << fmt::format("{} in {}\n", 0.1 + duration_ms * (random() % 1000) / 1000.0, random() % made_inputs);
}

/// A trial of the made network: three currents to overlapping groups of cells, spikes from a file.
inline engine::Trial made_trial(const std::filesystem::path& input_spikes, core::Step steps) {
  engine::Trial trial;
  trial.spec.grid = quarter;
  trial.spec.steps = steps;
  for (std::uint32_t c = 0; c < 3; ++c) {
    io::Json ids = io::Json::array();
    for (std::uint32_t id = c; id < made_cells; id += c + 1) ids.push_back(id);
    trial.spec.clamps.push_back({.name = "clamp",
                                 .node_set = {{"population", "cells"}, {"node_id", ids}},
                                 .changes = {{.step = 3 + 2 * c, .amplitude_pA = 150.0 + 20 * c},
                                             {.step = 400 + c, .amplitude_pA = 40.0}},
                                 .where = "test"});
  }
  trial.spec.spike_inputs.push_back({.name = "in",
                                     .file = input_spikes,
                                     .format = engine::SpikeInput::Format::csv,
                                     .node_set = "in",
                                     .population = {},
                                     .where = "test"});
  return trial;
}

/// The made network from nothing to its state after the trials, one after the other. Collective.
inline EngineOutcome run_made(const engine::MadeNetwork& made, std::vector<engine::Trial> trials,
                              engine::Ports ports, const core::Comm& comm,
                              core::ExchangeForm form = core::ExchangeForm::alltoallv) {
  const auto network = engine::make_network(made);
  engine::resolve_inputs(trials, network);
  auto loaded = engine::load_network({}, &made, trials.front().spec, network,
                                     engine::driven_populations(trials), ports, comm);
  EngineOutcome outcome;
  for (const auto& trial : trials) outcome = run_trial(loaded, trial, network, comm, form);
  return outcome;
}

}  // namespace striate::test
