// SPDX-License-Identifier: BSD-3-Clause
#include "engine/summary/summary.hpp"

#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/run/version.hpp"

namespace striate::engine {
namespace {

std::uint64_t sum(const core::Comm& comm, std::uint64_t value) {
  return static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(value)));
}

std::uint64_t table_bytes(const Shard& shard) {
  std::uint64_t bytes = shard.recurrent.synapses.bytes();
  for (const auto& input : shard.external) bytes += input.synapses.bytes();
  return bytes;
}

}  // namespace

void log_start(const io::SonataConfig& config, const SimulationSpec& spec, const Network& network,
               const core::Placement& placement) {
  using core::log::info;
  const auto cells_of = [&](int rank) {
    return core::contiguous_share(network.neuron_count(), rank, placement.ranks).count();
  };
  info("{}: {} on {} {}", core::program_label(), config.file.string(), placement.ranks,
       placement.ranks == 1 ? "rank" : "ranks");
  if (placement.ranks > 1)
    info("  {}; {} to {} cells each", core::describe(placement), cells_of(placement.ranks - 1), cells_of(0));
  for (std::size_t i = 0; i < network.populations.size(); ++i)
    info("  {} nodes in '{}' ({})", network.populations[i].size(), network.populations[i].name,
         network.gids.has_neurons(i) ? "neurons" : "virtual");
  info("  {} neurons of {} cell models; {} ms in steps of {} ms", network.neuron_count(),
       network.models.size(), spec.grid.time_ms(spec.steps), spec.grid.dt_ms);
  if (spec.threads.value_or(1) > 1)
    core::log::warning(
        "run.n_thread = {} is ignored (Striate runs ranks, not threads) start it with 'mpirun -n {}'",
        *spec.threads, *spec.threads);
}

void log_loaded(const Shard& shard, std::uint64_t synapses, std::uint32_t interval,
                const core::TimeGrid& grid, double seconds, const core::Comm& comm) {
  const auto all = sum(comm, synapses);
  const auto bytes = sum(comm, table_bytes(shard));
  core::log::info(
      "loaded {} synapses in {:.2f} s ({:.1f} bytes each with their index); spikes are exchanged every {} ms",
      all, seconds, all == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(all),
      grid.time_ms(interval));
  if (shard.neurons.mode == Ports::merged_single)
    core::log::info("the state of synapses is kept in single precision (--state single): not exact");
}

SimulationSummary summarise(const core::PhaseTimers& timers, double simulate_s, double total_s,
                            std::uint64_t local_spikes, const Shard& shard, std::uint64_t local_synapses,
                            const SimulationSpec& spec, const Network& network, const core::Comm& comm) {
  SimulationSummary s;
  s.phases = timers.reduce(comm);
  s.simulate = {.name = "simulate",
                .min = comm.min(simulate_s),
                .mean = comm.sum_of_timings(simulate_s) / comm.size(),
                .max = comm.max(simulate_s)};
  s.total_s = comm.max(total_s);
  s.simulated_ms = spec.grid.time_ms(spec.steps);
  s.ranks = comm.size();
  s.neurons = network.neuron_count();
  s.synapses = sum(comm, local_synapses);
  s.spikes = sum(comm, local_spikes);
  s.synaptic_events = sum(comm, shard.events);
  s.synapse_bytes = sum(comm, table_bytes(shard));
  const auto rss = core::peak_rss_bytes();
  s.max_rss_bytes = static_cast<std::uint64_t>(comm.max(static_cast<std::int64_t>(rss)));
  s.sum_rss_bytes = sum(comm, rss);
  return s;
}

void log_summary(const SimulationSummary& s, const core::Comm& comm) {
  using core::log::info;
  info("phase         min s    mean s     max s   over {} {}", comm.size(),
       comm.size() == 1 ? "rank" : "ranks");
  for (const auto& phase : s.phases)
    info("{:<10}{:>9.3f} {:>9.3f} {:>9.3f}", phase.name, phase.min, phase.mean, phase.max);
  info("{:<10}{:>9.3f} {:>9.3f} {:>9.3f}   all steps, without load and write", s.simulate.name,
       s.simulate.min, s.simulate.mean, s.simulate.max);
  const double simulated_s = s.simulated_ms / 1000, here_s = (s.simulated_ms - s.resumed_at_ms) / 1000;
  if (s.resumed_at_ms > 0) info("resumed at {} ms; times above are those since then", s.resumed_at_ms);
  info("real-time factor {:.3f}; {} spikes, mean rate {:.3f} Hz; {:.4g} synaptic events",
       here_s > 0 ? s.simulate.max / here_s : 0.0, s.spikes,
       static_cast<double>(s.spikes) / static_cast<double>(s.neurons) / simulated_s,
       static_cast<double>(s.synaptic_events));
  info("memory {} on the largest rank, {} in all; done in {:.2f} s", core::human_bytes(s.max_rss_bytes),
       core::human_bytes(s.sum_rss_bytes), s.total_s);
}

io::Json to_json(const SimulationSummary& s) {
  const auto times = [](const core::PhaseTime& phase) {
    return io::Json{{"min", phase.min}, {"mean", phase.mean}, {"max", phase.max}};
  };
  io::Json phases;
  for (const auto& phase : s.phases) phases[phase.name] = times(phase);
  phases["simulate"] = times(s.simulate);
  return {{"program", core::program_label()},
          {"phases", phases},
          {"total_s", s.total_s},
          {"ranks", s.ranks},
          {"simulated_ms", s.simulated_ms},
          {"resumed_at_ms", s.resumed_at_ms},
          {"neurons", s.neurons},
          {"synapses", s.synapses},
          {"spikes", s.spikes},
          {"synaptic_events", s.synaptic_events},
          {"synapse_bytes", s.synapse_bytes},
          {"max_rss_bytes", s.max_rss_bytes},
          {"sum_rss_bytes", s.sum_rss_bytes},
          {"exchanges", s.traffic.intervals},
          {"messages", s.traffic.messages},
          {"spikes_between_ranks", s.traffic.spikes}};
}

}  // namespace striate::engine
