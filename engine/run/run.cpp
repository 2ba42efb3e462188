// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/machine_resources.hpp"
#include "core/progress.hpp"

namespace striate::engine {
namespace {

/// Where no delay bounds the interval, this one keeps input buffers and spike lists short.
constexpr std::uint32_t longest_interval = 16;

/// advance() with the time of its parts.
void advance_timed(Shard& shard, core::Step until, std::vector<LocalSpike>& spikes,
                   core::PhaseTimers& timers) {
  auto start = core::Clock::now();
  const auto lap = [&](Phase phase) {
    const auto now = core::Clock::now();
    timers.add(phase, std::chrono::duration<double>(now - start).count());
    start = now;
  };
  begin_advance(shard, until);
  for (std::uint32_t tile = 0; tile < shard.inputs.tiles; ++tile) {
    deliver_to_tile(shard, tile);
    lap(Phase::deliver_spikes);
    update_tile(shard, tile, until, spikes);
    lap(Phase::update);
  }
  finish_advance(shard, until);
  lap(Phase::update);
}

/// Advances to `until` in pieces that end where a current changes or a sample is due.
void advance_and_record(Shard& shard, std::vector<Recorder>& recorders, core::Step until,
                        std::vector<LocalSpike>& spikes, core::PhaseTimers& timers) {
  while (shard.now < until) {
    core::Step stop = std::min(until, next_current_change(shard));
    for (const auto& recorder : recorders) stop = std::min(stop, recorder.next_after(shard.now));
    advance_timed(shard, stop, spikes, timers);
    if (recorders.empty()) continue;
    const core::ScopedPhase phase(timers, Phase::record);
    for (auto& recorder : recorders) recorder.sample(shard);
  }
}

class SimulationProgress {
 public:
  SimulationProgress(core::Step first, core::Step steps, const core::TimeGrid& grid, const core::Comm& comm)
      : bar_("simulate", static_cast<double>(steps), core::shows_progress(comm)),
        grid_(grid),
        first_(first),
        ranks_(comm.size()),
        start_(core::Clock::now()) {}

  void update(core::Step now, std::size_t spikes) {
    if (bar_.due()) bar_.update(static_cast<double>(now), text(now, spikes));
  }
  void finish(core::Step now, std::size_t spikes) { bar_.finish(text(now, spikes)); }

 private:
  std::string text(core::Step now, std::size_t local_spikes) const {
    const double wall_s = core::seconds_since(start_);
    const double simulated_s = grid_.time_ms(now - first_) / 1000;
    return fmt::format(
        "{:.1f} ms simulated in {:.1f} s, real-time factor {:.3g}, about {:.3g} spikes per simulated s, {} "
        "on this rank",
        grid_.time_ms(now), wall_s, simulated_s > 0 ? wall_s / simulated_s : 0.0,
        simulated_s > 0 ? static_cast<double>(local_spikes) * ranks_ / simulated_s : 0.0,
        core::human_bytes(core::peak_rss_bytes()));
  }

  core::Progress bar_;
  const core::TimeGrid& grid_;
  core::Step first_;  ///< of this call
  int ranks_;
  core::Clock::time_point start_;
};

}  // namespace

core::PhaseTimers make_phase_timers() {
  return core::PhaseTimers({"load", "update", "deliver", "exchange", "wait", "record", "write"});
}

std::uint32_t exchange_interval(std::uint32_t smallest_delay, Ports ports) {
  const auto interval = smallest_delay == 0 ? longest_interval : std::min(smallest_delay, longest_interval);
  if (ports != Ports::merged_single) return interval;
  if (interval < steps_in_registers)
    throw core::ConfigError(
        "--state single on a network with delays of {} time steps (the state of synapses is rounded every {} "
        "steps, and spikes of neurons would come in between) leave it out",
        interval, steps_in_registers);
  return interval / steps_in_registers * steps_in_registers;
}

void run_steps(Shard& shard, SpikeRouter& router, std::vector<Recorder>& recorders, const SpikeSink& sink,
               core::Step steps, std::uint32_t interval, const core::TimeGrid& grid, const core::Comm& comm,
               core::PhaseTimers& timers, const Interruptions& interruptions) {
  std::size_t spikes = 0;
  SimulationProgress progress(shard.now, steps, grid, comm);
  std::vector<LocalSpike> emitted;
  while (shard.now < steps) {
    const core::Step start = shard.now;
    // On a grid of intervals, wherever a run that goes on begins: merged_single likes multiples of four.
    core::Step until = std::min<core::Step>((start / interval + 1) * interval, steps);
    if (interruptions.attend) until = std::min(until, interruptions.next_after(start));
    emitted.clear();
    advance_and_record(shard, recorders, until, emitted, timers);

    if (interruptions.attend && interruptions.due(until)) router.ask_all();
    double wait_s = 0;
    const auto sending = core::Clock::now();
    add_neuron_spikes(shard, router.exchange(emitted, start, wait_s));
    timers.add(Phase::wait, wait_s);
    timers.add(Phase::exchange, core::seconds_since(sending) - wait_s);
    {
      const core::ScopedPhase phase(timers, Phase::record);
      sink(emitted);
    }
    spikes += emitted.size();
    progress.update(shard.now, spikes);
    if (router.any_asked() && shard.now < steps && !interruptions.attend()) break;
  }
  if (shard.now >= steps) progress.finish(shard.now, spikes);
}

}  // namespace striate::engine
