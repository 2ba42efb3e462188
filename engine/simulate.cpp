// SPDX-License-Identifier: BSD-3-Clause
#include "engine/simulate.hpp"

#include <algorithm>
#include <ctime>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/resources.hpp"
#include "engine/connect.hpp"
#include "engine/estimate.hpp"
#include "engine/inputs.hpp"
#include "engine/output_files.hpp"
#include "engine/run.hpp"
#include "engine/summary.hpp"
#include "engine/type_rates.hpp"
#include "io/atomic_file.hpp"
#include "io/node_sets.hpp"

namespace striate::engine {
namespace {

/// A rank's part of the network with everything that drives it.
struct LoadedNetwork {
  Partition partition;
  Shard shard;
  std::uint32_t interval;
  std::uint64_t synapses = 0;  ///< of this rank
};

LoadedNetwork load_network(const io::SonataConfig& config, const SimulationSpec& spec, const Network& network,
                           const io::NodeSets& node_sets, Ports ports, const core::Comm& comm) {
  const auto edges = open_edges(config, spec, network, comm);
  const auto driven = find_driven_populations(spec, network, node_sets);
  auto local = partition_neurons(network, spec.grid, comm.rank(), comm.size(), ports);
  const Partition& partition = local.partition;

  TableLoader recurrent({}, edges, network, partition, comm);
  std::vector<TableLoader> external;
  const Delays delays = recurrent.count();
  const std::uint32_t interval = exchange_interval(delays.empty() ? 0 : delays.front());
  for (const auto& population : driven) {
    external.emplace_back(SourceSpace{population.population}, edges, network, partition, comm);
    external.back().count();
  }

  Shard shard;
  shard.neurons = std::move(local.neurons);
  shard.neurons.record_currents = needs_currents(spec.reports);
  shard.inputs = make_input_tiles(shard.neurons, interval);
  const auto fill = [&](TableLoader& loader) {
    return make_spike_source(loader.fill(shard.inputs, shard.neurons), shard.inputs);
  };
  shard.recurrent = fill(recurrent);
  std::uint64_t synapses = shard.recurrent.synapses.size();
  for (std::size_t i = 0; i < driven.size(); ++i) {
    auto source = fill(external[i]);
    set_spikes(source, read_external_spikes(driven[i], network, source.synapses, spec.grid, spec.steps));
    synapses += source.synapses.size();
    shard.external.push_back(std::move(source));
  }
  shard.clamps = make_clamps(spec, network, node_sets, partition);
  return {.partition = std::move(local.partition),
          .shard = std::move(shard),
          .interval = interval,
          .synapses = synapses};
}

/// This rank's spikes by population, with times in ms and node ids.
std::vector<io::OutputSpikes> to_output(std::span<const LocalSpike> spikes, const Network& network,
                                        const Partition& partition, const TimeGrid& grid) {
  std::vector<io::OutputSpikes> output;
  std::vector<std::size_t> place(network.populations.size(), 0);
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    if (!network.has_neurons(i)) continue;
    place[i] = output.size();
    output.push_back({.population = network.populations[i].name, .time_ms = {}, .node_id = {}});
  }
  for (const auto& spike : spikes) {
    const core::Gid gid{partition.gid_of_lid[spike.lid.value]};
    auto& population = output[place[network.population_of_gid[gid.value]]];
    population.time_ms.push_back(grid.time_ms(spike.stamp));
    population.node_id.push_back(network.node_id(gid));
  }
  return output;
}

/// Writes all results under temporary names first and gives them their final names together at the end, so
/// that a full disk leaves no part of a result that looks complete. Collective.
void write_results(const SimulationSpec& spec, const io::SonataConfig& config,
                   std::span<const io::OutputSpikes> spikes, std::vector<Recorder>& recorders,
                   const core::Comm& comm) {
  const OutputSpec& output = spec.output;
  std::vector<std::filesystem::path> written;
  for (auto& recorder : recorders) {
    recorder.finish();
    written.push_back(recorder.file());
  }
  if (output.spikes_file) {
    io::write_spikes_h5(
        *output.spikes_file, spikes,
        {.order = output.spikes_order, .deflate = output.deflate, .publish = io::Publish::later}, comm);
    written.push_back(*output.spikes_file);
  }
  if (output.spikes_file_csv) {
    io::write_spikes_csv(*output.spikes_file_csv, spikes, comm, io::Publish::later);
    written.push_back(*output.spikes_file_csv);
  }
  const auto copy = config_copy(spec, config);
  if (copy && comm.is_root()) io::write_text_file(*copy, config.document.dump(2) + "\n");
  for (const auto& file : written) io::publish(file, comm);
}

}  // namespace

void simulate(const SimulateOptions& options, const core::Comm& comm) {
  const auto start = core::Clock::now();
  core::PhaseTimers timers = make_phase_timers();
  const auto config =
      io::load_sonata_config(options.config, {.output_dir = options.output_dir,
                                              .modfile = options.modfile,
                                              .now = comm.max(std::int64_t{std::time(nullptr)})});
  const auto spec = parse_simulation_spec(config);
  const auto node_sets = io::NodeSets::load(config);
  const auto network = read_network(config);
  if (network.neuron_count() == 0)
    throw core::ConfigError("no neurons in {}:/networks/nodes (all nodes are virtual)", config.file);
  const auto estimate = estimate_memory(config, network, comm.size());
  require_memory(estimate);
  if (options.dry_run) {
    if (comm.is_root()) print_plan(config, spec, network, estimate, comm.size());
    return;
  }

  prepare_output(spec, config, comm);
  log_start(config, spec, network, comm);
  auto loaded = load_network(config, spec, network, node_sets, options.ports, comm);
  SpikeRouter router(loaded.shard.recurrent.synapses, loaded.partition, comm);
  std::vector<Recorder> recorders;
  for (const auto& report : spec.reports)
    recorders.emplace_back(report, network, node_sets, loaded.partition, spec.grid, comm);
  comm.barrier();
  timers.add(Phase::load, core::seconds_since(start));
  log_loaded(loaded.shard, loaded.synapses, loaded.interval, spec.grid, core::seconds_since(start), comm);

  const auto simulation_start = core::Clock::now();
  const auto result =
      run_steps(loaded.shard, router, recorders, spec.steps, loaded.interval, spec.grid, comm, timers);
  const double simulate_s = core::seconds_since(simulation_start);

  {
    const core::ScopedPhase phase(timers, Phase::write_output);
    write_results(spec, config, to_output(result.spikes, network, loaded.partition, spec.grid), recorders,
                  comm);
  }
  const auto summary = summarise(timers, simulate_s, core::seconds_since(start), result.spikes.size(),
                                 loaded.shard, loaded.synapses, spec, network, comm);
  log_rates(rates_by_type(result.spikes, network, loaded.partition, comm), summary.simulated_ms);
  log_summary(summary, comm);
  if (options.timings_file && comm.is_root())
    io::write_text_file(*options.timings_file, to_json(summary).dump(2) + "\n");
}

}  // namespace striate::engine
