// SPDX-License-Identifier: BSD-3-Clause
// A run of the made network that is stopped, written to a checkpoint and continued elsewhere.
#pragma once

#include "engine/checkpoint/network_checksum.hpp"
#include "engine/checkpoint/simulation_checkpoint.hpp"
#include "support/engine_run.hpp"

namespace striate::test {

/// The made network in memory, its first trial begun.
struct MadeRun {
  std::vector<engine::Trial> trials;
  engine::Network network;
  core::Comm comm;
  engine::LoadedNetwork loaded;
  std::vector<engine::LocalSpike> spikes;  ///< of this rank

  MadeRun(const engine::MadeNetwork& made, const engine::Trial& trial, engine::Ports ports,
          const core::Comm& ranks)
      : trials{trial}, network(engine::make_network(made)), comm(ranks), loaded([&] {
          engine::resolve_inputs(trials, network);
          return engine::load_network({}, &made, trials.front().spec, network,
                                      engine::driven_populations(trials), ports, comm);
        }()) {
    core::log::set_up(core::log::Level::quiet, comm.rank());
    begin_trial(loaded, trials.front(), network);
    loaded.shard.neurons.record_currents = true;
  }
  engine::SimulationState state(std::vector<std::uint64_t>& counts) {
    counts.resize(loaded.partition.gid_of_lid.size());
    return {loaded.shard, counts, network, loaded.partition};
  }
  void run_to(core::Step step) {
    engine::SpikeRouter router(loaded.shard.recurrent.synapses, loaded.partition, comm);
    std::vector<engine::Recorder> recorders;
    auto timers = engine::make_phase_timers();
    const auto sink = [&](std::span<const engine::LocalSpike> emitted) {
      spikes.insert(spikes.end(), emitted.begin(), emitted.end());
    };
    run_steps(loaded.shard, router, recorders, sink, step, loaded.interval, trials.front().spec.grid, comm,
              timers);
  }
  void write(const std::filesystem::path& file) {
    std::vector<std::uint64_t> counts(loaded.partition.gid_of_lid.size(), 0);
    for (const auto& spike : spikes) ++counts[spike.lid.value];
    engine::CheckpointHeader header;
    header.step = loaded.shard.now;
    engine::write_checkpoint(file, header, state(counts), comm);
  }
  /// Returns spikes so far, by lid.
  std::vector<std::uint64_t> read(const std::filesystem::path& file) {
    std::vector<std::uint64_t> counts;
    engine::read_state(file, engine::read_header(file), state(counts), comm);
    return counts;
  }
  EngineOutcome outcome() const { return collect(loaded, spikes, comm); }
};

}  // namespace striate::test
