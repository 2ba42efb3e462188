// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/simulate.hpp"

#include <ctime>

#include "core/error.hpp"
#include "core/log.hpp"
#include "engine/network/memory_estimate.hpp"
#include "engine/network/usable_models.hpp"
#include "engine/run/loaded_network.hpp"
#include "engine/run/lost_cell.hpp"
#include "engine/run/output_files.hpp"
#include "engine/run/results.hpp"
#include "engine/run/run.hpp"
#include "engine/run/spike_recorder.hpp"
#include "engine/run/summary.hpp"
#include "engine/run/trials.hpp"
#include "engine/run/type_rates.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::engine {
namespace {

/// All that can be refused before the network is loaded.
void prepare_outputs(const std::vector<Trial>& trials, const core::Comm& comm) {
  for (const auto& trial : trials) check_output(trial.spec, comm);
  for (const auto& trial : trials) clear_output(trial.spec, comm);
  comm.barrier();
}

/// run_steps(), whose failure names the cell.
void run_named(const Trial& trial, const Network& network, LoadedNetwork& loaded, SpikeRouter& router,
               std::vector<Recorder>& recorders, SpikeRecorder& spikes, const core::Comm& comm,
               core::PhaseTimers& timers) {
  const auto sink = [&](std::span<const LocalSpike> emitted) { spikes.add(emitted); };
  try {
    run_steps(loaded.shard, router, recorders, sink, trial.spec.steps, loaded.interval, trial.spec.grid, comm,
              timers);
  } catch (const LostState& lost) {
    throw name_lost_cell(lost, network, loaded.partition, trial.spec.grid);
  }
}

/// Runs one trial; `load_s` is what its network took, `start` when all of it began.
SimulationSummary run_trial(const Trial& trial, const Network& network, LoadedNetwork& loaded,
                            SpikeRouter& router, core::Clock::time_point start, const core::Comm& comm) {
  core::PhaseTimers timers = make_phase_timers();
  begin_trial(loaded, trial, network);
  std::vector<Recorder> recorders;
  for (const auto& report : trial.spec.reports)
    recorders.emplace_back(report, network, trial.node_sets, loaded.partition, trial.spec.grid, comm);
  SpikeRecorder spikes(trial.spec, network, loaded.partition, comm);
  spikes.begin();
  comm.barrier();
  const double load_s = core::seconds_since(start);
  timers.add(Phase::load, load_s);
  log_loaded(loaded.shard, synapses_in_use(loaded), loaded.interval, trial.spec.grid, load_s, comm);

  const auto simulation_start = core::Clock::now();
  run_named(trial, network, loaded, router, recorders, spikes, comm, timers);
  const double simulate_s = core::seconds_since(simulation_start);
  {
    const core::ScopedPhase phase(timers, Phase::write_output);
    write_results(trial, spikes, recorders, comm);
  }
  auto summary = summarise(timers, simulate_s, core::seconds_since(start), spikes.count(), loaded.shard,
                           synapses_in_use(loaded), trial.spec, network, comm);
  log_rates(rates_by_type(spikes.counts(), network, loaded.partition, comm), summary.simulated_ms);
  log_summary(summary, comm);
  return summary;
}

void write_timings(const std::filesystem::path& file, const std::vector<SimulationSummary>& summaries) {
  io::Json json;
  if (summaries.size() == 1)
    json = to_json(summaries.front());
  else
    for (const auto& summary : summaries) json["trials"].push_back(to_json(summary));
  io::write_text_file(file, io::indented_text(json) + "\n");
}

}  // namespace

void simulate(const SimulateOptions& options, const core::Comm& comm) {
  auto start = options.start;
  auto trials = read_trials(options.configs, {.output_dir = options.output_dir,
                                              .modfile = options.modfile,
                                              .network_in_memory = options.network != nullptr,
                                              .now = comm.max(std::int64_t{std::time(nullptr)})});
  const Trial& first = trials.front();
  std::optional<MadeNetwork> made;
  if (options.network != nullptr) made = wanted_parts(*options.network, first.config);
  const auto network = made ? make_network(*made) : read_network(first.config);
  if (network.neuron_count() == 0)
    throw core::ConfigError("no neurons in {}:/networks/nodes (all nodes are virtual)", first.config.file);
  require_usable_models(network, first.spec.grid);
  const auto ranks = core::ranks_of(comm);
  const auto estimate =
      made ? estimate_memory(*made, network, ranks) : estimate_memory(first.config, network, ranks);
  require_memory(estimate);
  resolve_inputs(trials, network);
  if (options.dry_run) {
    if (comm.is_root())
      for (const auto& trial : trials) print_plan(trial.config, trial.spec, network, estimate);
    return;
  }

  prepare_outputs(trials, comm);
  open_log(first.spec, comm);
  log_start(first.config, first.spec, network, comm);
  auto loaded = load_network(first.config, made ? &*made : nullptr, first.spec, network,
                             driven_populations(trials), options.ports, comm);
  SpikeRouter router(loaded.shard.recurrent.synapses, loaded.partition, comm);
  std::vector<SimulationSummary> summaries;
  for (const auto& trial : trials) {
    if (!summaries.empty()) {
      start = core::Clock::now();
      open_log(trial.spec, comm);
      log_start(trial.config, trial.spec, network, comm);
    }
    try {
      summaries.push_back(run_trial(trial, network, loaded, router, start, comm));
    } catch (const core::Error& error) {
      if (trials.size() == 1) throw;
      throw core::Error(error.code,
                        fmt::format("{} (config {} of {}, {}; results of those before it are complete)",
                                    error.what(), summaries.size() + 1, trials.size(), trial.config.file));
    }
  }
  if (options.timings_file && comm.is_root()) write_timings(*options.timings_file, summaries);
}

}  // namespace striate::engine
