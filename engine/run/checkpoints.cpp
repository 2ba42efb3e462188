// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/checkpoints.hpp"

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/run/run_token.hpp"
#include "core/run/version.hpp"
#include "engine/checkpoint/network_checksum.hpp"
#include "engine/checkpoint/simulation_checkpoint.hpp"
#include "engine/machine/shard_state.hpp"
#include "engine/run/output_files.hpp"
#include "io/checkpoint/checkpoint_file.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::engine {
namespace {

std::uint64_t over_ranks(std::uint64_t value, const core::Comm& comm) {
  return static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(value)));
}

std::uint64_t network_checksum(const RunningTrial& running, const core::Comm& comm) {
  return network_checksum(running.loaded.shard, running.loaded.external_in_use, running.network,
                          running.loaded.partition, comm);
}

}  // namespace

Checkpoints::Checkpoints(const CheckpointOptions& options, Ports ports, core::Clock::time_point start,
                         std::int64_t clock, const core::TimeGrid& grid, const core::Comm& comm)
    : options_(options), ports_(ports), clock_(clock), comm_(comm) {
  if (options.wanted()) pauses_ = std::make_unique<Pauses>(options, start, grid, comm);
}

std::string Checkpoints::plan(const Trial& trial, const Network& network) const {
  const auto bytes = checkpoint_bytes(network, trial.spec.grid, ports_, needs_currents(trial.spec.reports));
  const auto file = checkpoint_file(options_, trial);
  return fmt::format("about {} each in {}, the one before it in {}: {}", core::human_bytes(bytes), file,
                     io::earlier_checkpoint(file).filename(), pauses_->plan());
}

void Checkpoints::resume(const TrialStart& start, const RunningTrial& running) {
  const auto& header = *start.from;
  auto& shard = running.loaded.shard;
  network_ = network_checksum(running, comm_);
  if (header.step > 0 && (header.network != network_ || header.neurons != running.network.neuron_count()))
    throw core::ConfigError(
        "{} belongs to another network (cells, synapses or weights have changed since) go on with the same "
        "one, or start without --resume",
        start.checkpoint);
  std::vector<std::uint64_t> counts(running.loaded.partition.gid_of_lid.size(), 0);
  read_state(start.checkpoint, header, {shard, counts, running.network, running.loaded.partition}, comm_);
  if (header.step > 0 && header.inputs != input_checksum(shard, running.loaded.partition, comm_))
    throw core::ConfigError(
        "{} belongs to other inputs (spikes or currents before {} ms have changed since) go on with the same "
        "ones, or start without --resume",
        start.checkpoint, header.simulated_ms);
  for (std::size_t i = 0; header.step > 0 && i < running.recorders.size(); ++i)
    if (header.reports.at(i).position.samples != running.recorders[i].samples_by(header.step))
      throw core::FormatError("{}: {} has {} samples at {} ms (the config asks for {})", start.checkpoint,
                              running.recorders[i].file(), header.reports[i].position.samples,
                              header.simulated_ms, running.recorders[i].samples_by(header.step));
  if (header.step > 0)
    running.spikes.resume(header.spikes, std::move(counts));
  else
    running.spikes.begin();
  io::keep_only(checkpoint_file(options_, running.trial), start.checkpoint, comm_);
  written_at_ = header.step;
  core::log::info(
      "going on from {} at {} of {} ms{}", start.checkpoint, header.simulated_ms,
      running.trial.spec.grid.time_ms(running.trial.spec.steps),
      header.version == core::version() ? "" : fmt::format(" (written by Striate {})", header.version));
}

void Checkpoints::begin_anew(const RunningTrial& running) {
  running.spikes.begin();
  const auto file = checkpoint_file(options_, running.trial);
  if (const auto paused = paused_run(file, comm_); paused && paused->run_token != core::run_token())
    core::log::warning(
        "{} holds a run that got to {} of {} ms (this one begins anew and will replace it) "
        "--resume goes on with it",
        file, paused->simulated_ms, paused->tstop_ms);
}

std::optional<core::ExitCode> Checkpoints::begin(const RunningTrial& running) {
  if (!wanted()) return std::nullopt;
  const auto now = running.loaded.shard.now;
  if (now == 0) {
    network_ = network_checksum(running, comm_);
    written_at_ = -1;
  }
  pauses_->begin_trial(now);
  core::log::info("checkpoints: {}", plan(running.trial, running.network));
  if (comm_.max(std::int64_t{pauses_->due(now)}) != 0) attend(running);
  if (stop_)
    for (auto& recorder : running.recorders) {
      recorder.sync();
      recorder.leave();
    }
  return stop_;
}

Interruptions Checkpoints::interruptions(const RunningTrial& running) {
  if (!wanted()) return {};
  return {.next_after = [this](core::Step now) { return pauses_->next_after(now); },
          .due = [this](core::Step now) { return pauses_->due(now); },
          .attend = [this, running] { return attend(running); }};
}

bool Checkpoints::attend(const RunningTrial& running) {
  const auto& shard = running.loaded.shard;
  const auto decision = pauses_->decide(shard.now);
  if (decision.checkpoint) write(running);
  if (decision.stop) {
    stop_ = decision.stop;
    const auto& grid = running.trial.spec.grid;
    core::log::info("stopped at {} of {} ms ({}); go on with --resume", grid.time_ms(shard.now),
                    grid.time_ms(running.trial.spec.steps), decision.why);
  }
  return !stop_;
}

std::optional<core::ExitCode> Checkpoints::end(const RunningTrial& running) {
  if (!wanted()) return std::nullopt;
  if (!stop_) write(running);  // results that find no room can be written later
  pauses_->end_trial(running.loaded.shard.now);
  if (stop_)
    for (auto& recorder : running.recorders) recorder.leave();
  return stop_;
}

CheckpointHeader Checkpoints::header_of(const Trial& trial, const Network& network) const {
  const auto& grid = trial.spec.grid;
  return {.layout = state_layout,
          .version = core::version(),
          .run_token = core::run_token(),
          .clock = clock_,
          .ports = name_of(ports_),
          .trial = text_of(trial.config),
          .finished = finished_,
          .step = 0,
          .steps = trial.spec.steps,
          .simulated_ms = 0,
          .tstop_ms = grid.time_ms(trial.spec.steps),
          .neurons = network.neuron_count(),
          .events = 0,
          .network = 0,
          .inputs = 0,
          .reports = {},
          .spikes = {}};
}

void Checkpoints::write(const RunningTrial& running) {
  auto& shard = running.loaded.shard;
  if (written_at_ == shard.now) return;
  const auto start = core::Clock::now();
  auto header = header_of(running.trial, running.network);
  header.step = shard.now;
  header.simulated_ms = running.trial.spec.grid.time_ms(shard.now);
  header.events = over_ranks(shard.events, comm_);
  header.network = network_;
  header.inputs = input_checksum(shard, running.loaded.partition, comm_);
  for (auto& recorder : running.recorders)
    header.reports.push_back({.file = recorder.file().string(), .position = recorder.sync()});
  header.spikes = running.spikes.sync();
  const auto counts = running.spikes.counts();
  std::vector<std::uint64_t> spike_counts(counts.begin(), counts.end());
  const auto file = checkpoint_file(options_, running.trial);
  write_checkpoint(file, header, {shard, spike_counts, running.network, running.loaded.partition}, comm_);
  written_at_ = shard.now;
  const double seconds = comm_.max(core::seconds_since(start));
  pauses_->wrote_checkpoint(seconds);
  core::log::detail("checkpoint at {} ms in {:.2f} s", header.simulated_ms, seconds);
}

bool Checkpoints::finished(const RunningTrial& running, const Trial* next) {
  const auto file = checkpoint_file(options_, running.trial);
  clear_output(running.trial.spec, {}, comm_);  // of a run that this one began anew
  if (!wanted()) {  // of a run that this one began anew
    if (paused_run(file, comm_)) io::remove_checkpoints(file, comm_);
    return false;
  }
  finished_.push_back(text_of(running.trial.config));
  // From here on nothing is left to be done for this trial; before, everything.
  if (next != nullptr) {
    if (comm_.is_root()) io::make_folder(next->spec.output.directory);
    comm_.barrier();
    const auto of_next = checkpoint_file(options_, *next);
    std::vector<std::uint64_t> none;
    for (int generation = 0; generation < 2; ++generation)
      write_checkpoint(of_next, header_of(*next, running.network),
                       {running.loaded.shard, none, running.network, running.loaded.partition}, comm_);
    if (of_next == file) return false;
  }
  if (options_.keep) return true;
  io::remove_checkpoints(file, comm_);
  return false;
}

}  // namespace striate::engine
