// SPDX-License-Identifier: BSD-3-Clause
// One exchange of spikes between ranks: `mpirun -n P striate_benchmarks --benchmark_filter=exchange`.
// Question: does it matter beside the millisecond or so that a simulated millisecond takes (about 800 spikes
// in the full network)?
#include <benchmark/benchmark.h>

#include "benchmarks/exchange.hpp"
#include "core/values/random.hpp"
#include "engine/run/spike_exchange.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr std::uint32_t neurons = 200'000;

/// Neurons dealt in turn; every rank holds targets of every neuron, as in a network of some hundred ranks or
/// less.
Partition deal(const core::Comm& comm) {
  Partition partition{
      .rank = comm.rank(), .size = comm.size(), .position = {}, .lid_of_local = {}, .gid_of_lid = {}};
  for (std::uint32_t gid = 0; gid < neurons; ++gid) {
    partition.position.push_back(gid);
    if (!partition.owns({gid})) continue;
    partition.lid_of_local.push_back(static_cast<std::uint32_t>(partition.gid_of_lid.size()));
    partition.gid_of_lid.push_back(gid);
  }
  return partition;
}

void exchange(benchmark::State& state, const core::Comm& comm) {
  const auto partition = deal(comm);
  SynapseTable everyone;
  for (std::uint32_t gid = 0; gid < neurons; ++gid) everyone.source.push_back(gid);
  everyone.row_begin.assign(neurons + 1, 0);
  SpikeRouter router(everyone, partition, comm);
  core::RandomStream random(1, core::Purpose::test, static_cast<std::uint64_t>(comm.rank()));
  std::vector<LocalSpike> spikes(static_cast<std::size_t>(state.range(0) / comm.size()));
  for (auto& spike : spikes)
    spike = {.stamp = 1 + random() % 4,
             .lid = {random() % static_cast<std::uint32_t>(partition.gid_of_lid.size())}};
  double wait_s = 0;
  for (auto _ : state) benchmark::DoNotOptimize(router.exchange(spikes, 0, wait_s).size());
  state.counters["ranks"] = comm.size();
  state.counters["us waiting"] = 1e6 * wait_s / static_cast<double>(state.iterations());
}
}  // namespace

void register_exchange(const core::Comm& comm) {
  // A fixed number of iterations, because all ranks must do the same number.
  benchmark::RegisterBenchmark("exchange", [&comm](benchmark::State& state) { exchange(state, comm); })
      ->Arg(0)
      ->Arg(800)
      ->Arg(8000)
      ->Iterations(2000)
      ->Unit(benchmark::kMicrosecond)
      ->UseRealTime();
}
