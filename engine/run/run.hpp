// SPDX-License-Identifier: BSD-3-Clause
// The loop in time: deliver, advance, sample, exchange, once per interval (the smallest delay between
// neurons).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/timers.hpp"
#include "engine/machine/shard.hpp"
#include "engine/run/recorder.hpp"
#include "engine/run/spike_exchange.hpp"

namespace striate::engine {

/// Phases of the timing table, in order.
enum Phase : std::size_t { load, update, deliver_spikes, exchange, wait, record, write_output, phase_count };
core::PhaseTimers make_phase_timers();

/// Takes this rank's spikes of each interval, block by block of neurons, not in order of time. Called by all
/// ranks once for each interval.
using SpikeSink = std::function<void(std::span<const LocalSpike>)>;

/// What the steps are interrupted for. The times of exchanges change no result.
struct Interruptions {
  std::function<core::Step(core::Step now)> next_after;  ///< of simulated time; the same on all ranks
  std::function<bool(core::Step now)> due;  ///< asked on each rank on its own after each exchange: cheap
  std::function<bool()> attend;  ///< by all ranks, when it is due on any of them; false ends the steps
};

/// Runs until step `steps` in intervals of `interval`, or until it is interrupted for good before.
/// Collective.
void run_steps(Shard& shard, SpikeRouter& router, std::vector<Recorder>& recorders, const SpikeSink& sink,
               core::Step steps, std::uint32_t interval, const core::TimeGrid& grid, const core::Comm& comm,
               core::PhaseTimers& timers, const Interruptions& interruptions = {});

/// Steps between exchanges: the smallest neuron-to-neuron delay (0 when there are no connections), but not so
/// many that an interval's spikes pile up.
std::uint32_t exchange_interval(std::uint32_t smallest_delay, Ports ports = Ports::merged);

}  // namespace striate::engine
