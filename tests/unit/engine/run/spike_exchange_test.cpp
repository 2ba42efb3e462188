// SPDX-License-Identifier: BSD-3-Clause
// The router on one rank; with several it is tested in tests/mpi/engine_test.cpp.
#include "engine/run/spike_exchange.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace striate;
using namespace striate::engine;

namespace {

constexpr std::uint32_t neuron_count = 6;

struct OneRank {
  LocalNeurons local;
  SynapseTable table;
  core::Comm comm;

  OneRank() {
    Network network;
    network.models.push_back({.label = "model", .parameters = {}});
    network.model_of_gid.assign(neuron_count, 0);
    local = partition_neurons(network, core::TimeGrid{0.25}, 0, 1);
    SynapseTableBuilder builder(neuron_count);  // neurons 1, 2 and 5 have targets: rows 0, 1, 2
    for (const std::uint32_t source : {5u, 1u, 2u, 1u}) builder.count(source);
    builder.begin(SynapseTableBuilder::WeightType::float32, {4, 7}, 8);
    builder.add(5, 7, 0, 1.0);
    builder.add(1, 4, 1, 2.0);
    builder.add(2, 4, 2, 3.0);
    builder.add(1, 7, 3, 4.0);
    table = builder.finish();
  }
  LocalSpike spike(core::Step stamp, std::uint32_t gid) const { return {stamp, local.partition.lid({gid})}; }
};

using Rows = std::vector<std::pair<core::Step, std::uint32_t>>;

Rows exchanged(SpikeRouter& router, const std::vector<LocalSpike>& spikes, core::Step start) {
  double wait_s = 0;
  Rows rows;
  for (const auto& spike : router.exchange(spikes, start, wait_s)) rows.emplace_back(spike.stamp, spike.row);
  CHECK(wait_s == 0);
  return rows;
}

}  // namespace

TEST_CASE("spikes arrive by stamp and row, in whatever order they were emitted") {
  const OneRank rank;
  SpikeRouter router(rank.table, rank.local.partition, rank.comm);
  std::vector<LocalSpike> spikes{rank.spike(101, 5), rank.spike(101, 1), rank.spike(104, 2),
                                 rank.spike(102, 5), rank.spike(104, 1)};
  const Rows expected{{101, 0}, {101, 2}, {102, 2}, {104, 0}, {104, 1}};
  CHECK(exchanged(router, spikes, 100) == expected);
  std::ranges::reverse(spikes);
  CHECK(exchanged(router, spikes, 100) == expected);  // and nothing of the call before
}

TEST_CASE("spikes of neurons without a target do not travel, nor does anything without spikes") {
  const OneRank rank;
  SpikeRouter router(rank.table, rank.local.partition, rank.comm);
  CHECK(exchanged(router, {rank.spike(1, 0), rank.spike(2, 3), rank.spike(2, 4)}, 0).empty());
  CHECK(exchanged(router, {}, 4).empty());
  CHECK(router.bytes() > 0);
}

TEST_CASE("a neuron that fires twice in an interval arrives twice") {
  const OneRank rank;
  SpikeRouter router(rank.table, rank.local.partition, rank.comm);
  CHECK(exchanged(router, {rank.spike(8, 2), rank.spike(5, 2)}, 4) == Rows{{5, 1}, {8, 1}});
}
