// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/simulate.hpp"

#include <iostream>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/run/run_token.hpp"
#include "engine/config/network_copies.hpp"
#include "engine/network/memory_estimate.hpp"
#include "engine/network/usable_models.hpp"
#include "engine/run/checkpoints.hpp"
#include "engine/run/disk_estimate.hpp"
#include "engine/run/loaded_network.hpp"
#include "engine/run/lost_cell.hpp"
#include "engine/run/output_files.hpp"
#include "engine/run/results.hpp"
#include "engine/run/resume.hpp"
#include "engine/run/run.hpp"
#include "engine/run/spike_recorder.hpp"
#include "engine/run/trials.hpp"
#include "engine/summary/summary.hpp"
#include "engine/summary/type_rates.hpp"
#include "io/files/output_place.hpp"
#include "io/generation/generation.hpp"
#include "io/generation/output_lock.hpp"
#include "io/generation/run_record.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::engine {
namespace {

/// The network's run id and what goes with it, after a look whether its files belong together.
io::RunAttributes origin_of(const io::SonataConfig& config, const core::Comm& comm) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : config.nodes) files.push_back(entry.nodes_file);
  for (const auto& entry : config.edges) files.push_back(entry.edges_file);
  return io::require_one_generation(files, comm);
}

/// Spikes of another network's cells may be meant; they may as well be left over from an earlier network.
void warn_of_other_networks(const std::vector<Trial>& trials, const io::RunAttributes& network,
                            const core::Comm& comm) {
  if (network.run_id.empty() || !comm.is_root()) return;
  for (const auto& trial : trials)
    for (const auto& input : trial.spec.spike_inputs) {
      if (input.format != SpikeInput::Format::h5) continue;
      const auto id = io::run_id_of(input.file);
      if (!id.empty() && id != network.run_id)
        core::log::warning("{} of {} was made with another network (run id {}, this one's is {})", input.file,
                           input.where, id, network.run_id);
    }
}

/// One lock for each output directory.
std::vector<io::OutputLock> lock_outputs(const std::vector<Trial>& trials, const core::Comm& comm) {
  std::vector<io::OutputLock> locks;
  std::set<std::filesystem::path> folders;
  for (const auto& trial : trials) {
    if (folders.insert(io::resolved(trial.spec.output.directory)).second)
      locks.push_back(io::lock_folder(trial.spec.output.directory, comm));
  }
  return locks;
}

/// Before it is looked at how far a run has come: one that still writes there goes on. Nothing where folders
/// are missing, which is not the time to make them.
std::vector<io::OutputLock> lock_to_resume(const SimulateOptions& options, const std::vector<Trial>& trials,
                                           const core::Comm& comm) {
  if (!options.checkpoints.resume || options.dry_run) return {};
  bool there = true;
  if (comm.is_root())
    for (const auto& trial : trials) there = there && io::is_there(trial.spec.output.directory);
  if (comm.min(std::int64_t{there}) == 0) return {};
  return lock_outputs(trials, comm);
}

/// What the command line asks for besides the configurations.
io::ConfigFiles own_files(const SimulateOptions& options, const std::vector<Trial>& trials) {
  io::ConfigFiles files{.inputs = options.other_inputs, .results = {}, .records = {}};
  if (options.timings_file) files.records.push_back({*options.timings_file, "--timings"});
  for (const auto& file : checkpoint_files(options.checkpoints, trials))
    files.records.push_back({file, "--checkpoint"});
  return files;
}

/// All that can be refused before the network is loaded.
void prepare_outputs(const CheckpointOptions& checkpoints, const std::vector<Trial>& trials,
                     const std::vector<TrialStart>& starts, const core::Comm& comm) {
  const auto kept = runs_to_keep(checkpoints, trials, comm);
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (!starts[i].finished) check_output(trials[i].spec, comm);
  for (std::size_t i = 0; i < trials.size(); ++i)
    if (!starts[i].finished) {
      clear_output(trials[i].spec, kept, comm);
      if (!trials[i].spec.output.overwrite)
        io::begin_publishing(
            {.folder = trials[i].spec.output.directory, .attributes = trials[i].attributes, .files = {}},
            comm);
    }
  if (comm.is_root()) io::remove_leftovers(checkpoint_files(checkpoints, trials), kept);
  comm.barrier();
}

/// A trial and what it needs to run.
struct TrialRun {
  const Trial& trial;
  const TrialStart& start;
  const Trial* next;  ///< that begins anew after this one
  const Network& network;
  LoadedNetwork& loaded;
  SpikeRouter& router;
  Checkpoints& checkpoints;
  core::Clock::time_point began;  ///< with loading
  const core::Comm& comm;
};

/// run_steps(), whose failure names the cell.
void run_named(const TrialRun& run, const RunningTrial& running, core::PhaseTimers& timers) {
  const auto& spec = run.trial.spec;
  const auto sink = [&](std::span<const LocalSpike> emitted) { running.spikes.add(emitted); };
  try {
    run_steps(run.loaded.shard, run.router, running.recorders, sink, spec.steps, run.loaded.interval,
              spec.grid, run.comm, timers, run.checkpoints.interruptions(running));
  } catch (const LostState& lost) {
    throw name_lost_cell(lost, run.network, run.loaded.partition, spec.grid);
  }
}

std::vector<Recorder> make_recorders(const TrialRun& run) {
  std::vector<Recorder> recorders;
  const auto& from = run.start.from;
  for (const auto& report : run.trial.spec.reports) {
    RecorderStart start{.can_be_continued = run.checkpoints.wanted(), .from = {}};
    if (from && from->step > 0) start.from = position_of(report, *from);
    recorders.emplace_back(report, run.network, run.trial.node_sets, run.loaded.partition,
                           run.trial.spec.grid, run.comm, start);
  }
  return recorders;
}

struct TrialEnd {
  std::optional<SimulationSummary> summary;  ///< of a trial that is complete
  core::ExitCode code = core::ExitCode::done;
};

/// Of all ranks. Collective.
Traffic traffic_since(const Traffic& before, const Traffic& now, const core::Comm& comm) {
  const auto sum = [&](std::uint64_t value) {
    return static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(value)));
  };
  return {.intervals = now.intervals - before.intervals,
          .messages = sum(now.messages - before.messages),
          .spikes = sum(now.spikes - before.spikes)};
}

TrialEnd run_trial(const TrialRun& run) {
  const auto& [trial, start, next, network, loaded, router, checkpoints, began, comm] = run;
  core::PhaseTimers timers = make_phase_timers();
  begin_trial(loaded, trial, network);
  if (start.from) core::adopt_run_token(start.from->run_token);
  SpikeRecorder spikes(trial.spec, network, loaded.partition, comm);
  auto recorders = make_recorders(run);
  const RunningTrial running{trial, network, loaded, recorders, spikes};
  if (start.from)
    checkpoints.resume(start, running);
  else
    checkpoints.begin_anew(running);
  const core::Step first = loaded.shard.now;
  comm.barrier();
  const double load_s = core::seconds_since(began);
  timers.add(Phase::load, load_s);
  log_loaded(loaded.shard, synapses_in_use(loaded), loaded.interval, trial.spec.grid, load_s, comm);
  if (const auto stopped = checkpoints.begin(running)) return {.summary = {}, .code = *stopped};

  const auto simulation_start = core::Clock::now();
  const auto traffic_before = router.traffic();
  run_named(run, running, timers);
  const double simulate_s = core::seconds_since(simulation_start);
  if (const auto stopped = checkpoints.end(running)) return {.summary = {}, .code = *stopped};
  {
    const core::ScopedPhase phase(timers, Phase::write_output);
    write_results(trial, spikes, recorders, comm);
    if (!checkpoints.finished(running, next)) spikes.remove_spools();
  }
  auto summary = summarise(timers, simulate_s, core::seconds_since(began), spikes.count(), loaded.shard,
                           synapses_in_use(loaded), trial.spec, network, comm);
  summary.resumed_at_ms = trial.spec.grid.time_ms(first);
  summary.traffic = traffic_since(traffic_before, router.traffic(), comm);
  log_rates(rates_by_type(spikes.counts(), network, loaded.partition, comm), summary.simulated_ms);
  log_summary(summary, comm);
  return {.summary = std::move(summary)};
}

/// The next trial that is not finished, if it has no checkpoint of its own.
const Trial* next_anew(const std::vector<Trial>& trials, const std::vector<TrialStart>& starts,
                       std::size_t trial) {
  while (++trial < trials.size())
    if (!starts[trial].finished) return starts[trial].from ? nullptr : &trials[trial];
  return nullptr;
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

core::ExitCode simulate(const SimulateOptions& options, const core::Comm& comm) {
  auto start = options.start;
  const auto clock = clock_of_configs(options.checkpoints, comm);
  auto trials = read_trials(options.configs, {.output_dir = options.output_dir,
                                              .modfile = options.modfile,
                                              .network_in_memory = options.network != nullptr,
                                              .now = clock});
  check_outputs_together(trials, own_files(options, trials));
  const Trial& first = trials.front();
  const auto origin =
      options.network != nullptr ? options.network->attributes : origin_of(first.config, comm);
  describe_origin(trials, origin);
  if (options.network_copies) read_copies(trials.front().config, *options.network_copies, comm);
  require_checkpoint_folder(options.checkpoints);
  auto locks = lock_to_resume(options, trials, comm);
  const auto starts = trial_starts(options.checkpoints, options.ports, trials, comm);
  Checkpoints checkpoints(options.checkpoints, options.ports, start, clock, first.spec.grid, comm);
  std::optional<MadeNetwork> made;
  if (options.network != nullptr) made = wanted_parts(*options.network, first.config);
  const auto network = made ? make_network(*made) : read_network(first.config);
  if (network.neuron_count() == 0)
    throw core::ConfigError("no neurons in {}:/networks/nodes (all nodes are virtual)", first.config.file);
  require_usable_models(network, first.spec.grid);
  const auto ranks = core::ranks_of(comm);
  auto estimate =
      made ? estimate_memory(*made, network, ranks) : estimate_memory(first.config, network, ranks);
  resolve_inputs(trials, network);
  estimate.bytes_per_rank += report_memory_bytes(trials, network, ranks);
  require_memory(estimate);
  const auto disk = estimate_disk(trials, network);
  if (options.dry_run) {
    if (comm.is_root())
      for (const auto& trial : trials) {
        print_plan(trial.config, trial.spec, network, estimate);
        if (checkpoints.wanted()) std::cout << "checkpoints " << checkpoints.plan(trial, network) << '\n';
      }
    if (comm.is_root()) std::cout << describe(disk);
    return core::ExitCode::done;
  }

  if (locks.empty()) locks = lock_outputs(trials, comm);
  prepare_outputs(options.checkpoints, trials, starts, comm);
  // What dead runs left there is gone; of one that goes on, part is there.
  if (comm.is_root() && !options.checkpoints.resume) require_disk(disk);
  std::size_t open = 0;  // the first that is not finished: there is one, else there is nothing to go on from
  while (starts[open].finished) ++open;
  open_log(trials[open].spec, comm);
  io::note_unknown_origin(origin, comm);
  warn_of_other_networks(trials, origin, comm);
  const auto placement = core::placement_of(comm);
  for (const auto& warning : core::placement_warnings(placement)) core::log::warning("{}", warning);
  log_start(trials[open].config, trials[open].spec, network, placement);
  auto loaded = load_network(first.config, made ? &*made : nullptr, first.spec, network,
                             driven_populations(trials), options.ports, comm);
  SpikeRouter router(loaded.shard.recurrent.synapses, loaded.partition, comm, options.exchange);
  std::vector<SimulationSummary> summaries;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    if (starts[i].finished) {
      core::log::info("{} is finished already", trial.config.file);
      checkpoints.skipped(trial);
      continue;
    }
    if (i != open) {
      start = core::Clock::now();
      open_log(trial.spec, comm);
      log_start(trial.config, trial.spec, network, placement);
    }
    try {
      auto end = run_trial({trial, starts[i], next_anew(trials, starts, i), network, loaded, router,
                            checkpoints, start, comm});
      if (end.code != core::ExitCode::done) return end.code;
      summaries.push_back(std::move(*end.summary));
    } catch (const core::Error& error) {
      if (trials.size() == 1) throw;
      throw core::Error(error.code,
                        fmt::format("{} (config {} of {}, {}; results of those before it are complete)",
                                    error.what(), i + 1, trials.size(), trial.config.file));
    }
  }
  if (options.timings_file && comm.is_root()) write_timings(*options.timings_file, summaries);
  return core::ExitCode::done;
}

}  // namespace striate::engine
