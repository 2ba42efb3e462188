// SPDX-License-Identifier: BSD-3-Clause
// What a simulation tells its user: layout at the start, phases and rates at the end, the same for machines.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/ranks/placement.hpp"
#include "core/timers.hpp"
#include "engine/config/simulation_spec.hpp"
#include "engine/machine/shard.hpp"
#include "engine/network/network.hpp"
#include "io/text/json.hpp"

namespace striate::engine {

/// What travelled between ranks.
struct Traffic {
  std::uint64_t intervals = 0;  ///< exchanges, of each rank
  std::uint64_t messages = 0;  ///< pairs of ranks that had something for each other, over the intervals
  std::uint64_t spikes = 0;  ///< each counted once for each rank that it went to
};

struct SimulationSummary {
  std::vector<core::PhaseTime> phases;
  core::PhaseTime simulate;  ///< the whole propagation, without load and final write
  double total_s = 0;
  double simulated_ms = 0;
  double resumed_at_ms = 0;  ///< what was simulated before that, was by other calls
  int ranks = 1;
  std::uint64_t neurons = 0, synapses = 0, spikes = 0, synaptic_events = 0;
  std::uint64_t synapse_bytes = 0;  ///< tables and row index, all ranks
  std::uint64_t max_rss_bytes = 0;  ///< largest rank
  std::uint64_t sum_rss_bytes = 0;
  Traffic traffic;  ///< of all ranks
};

void log_start(const io::SonataConfig& config, const SimulationSpec& spec, const Network& network,
               const core::Placement& placement);
/// Collective.
void log_loaded(const Shard& shard, std::uint64_t synapses, std::uint32_t interval,
                const core::TimeGrid& grid, double seconds, const core::Comm& comm);
/// Collective.
SimulationSummary summarise(const core::PhaseTimers& timers, double simulate_s, double total_s,
                            std::uint64_t local_spikes, const Shard& shard, std::uint64_t local_synapses,
                            const SimulationSpec& spec, const Network& network, const core::Comm& comm);
void log_summary(const SimulationSummary& summary, const core::Comm& comm);
/// {"phases": {"load": {"min": s, "mean": s, "max": s}, …, "simulate": {…}}, "ranks": n, "spikes": n, …}
io::Json to_json(const SimulationSummary& summary);

}  // namespace striate::engine
