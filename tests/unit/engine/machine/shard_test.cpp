// SPDX-License-Identifier: BSD-3-Clause
// Several shards in one process: the same random network cut into 1, 2, 3 and 7 parts must have the same
// voltages, bit for bit, after half a second of activity; and must not, when spikes are added in an order
// that depends on the cut.
#include "engine/machine/shard.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <tuple>

#include "core/values/random.hpp"
#include "engine/network/partition.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr core::TimeGrid shard_grid{0.25};
constexpr std::uint32_t shard_neurons = 97;
constexpr std::uint32_t smallest_delay = 4;

struct ShardEdge {
  std::uint32_t source, target, delay, port;
  double weight;
};

Network make_network() {
  Network network;
  for (int model = 0; model < 3; ++model) {
    GlifParameters parameters;
    parameters.after_spike_currents = model > 0;
    parameters.C_m = 50 + 20 * model;
    parameters.tau_syn_fast = std::vector<double>(static_cast<std::size_t>(model) + 1, 1.7);
    parameters.tau_syn_slow = std::vector<double>(static_cast<std::size_t>(model) + 1, 4.4);
    parameters.amp_slow = std::vector<double>(static_cast<std::size_t>(model) + 1, 0.6);
    network.models.push_back({.label = "model", .parameters = parameters});
  }
  for (std::uint32_t gid = 0; gid < shard_neurons; ++gid) network.model_of_gid.push_back(gid * 7 % 3);
  return network;
}

std::vector<ShardEdge> make_edges(const Network& network) {
  core::RandomStream random(1, core::Purpose::test, 0);
  std::vector<ShardEdge> edges;
  for (int i = 0; i < 4000; ++i) {
    const std::uint32_t target = random() % shard_neurons;
    edges.push_back({.source = random() % shard_neurons,
                     .target = target,
                     .delay = smallest_delay + random() % 9,
                     .port = random() % (network.model_of_gid[target] + 1),
                     .weight = 30.0 * random.normal()});
  }
  return edges;
}

struct Part {
  Partition partition;
  Shard shard;
};

struct Setup {
  Ports mode = Ports::reference;
  std::uint32_t tile_lids = 0;
};

std::vector<Part> cut(const Network& network, const std::vector<ShardEdge>& edges, int size,
                      const Setup& setup) {
  std::vector<Part> parts;
  for (int rank = 0; rank < size; ++rank) {
    auto local = partition_neurons(network, shard_grid, rank, size, setup.mode);
    Part part{.partition = std::move(local.partition), .shard = {}};
    part.shard.neurons = std::move(local.neurons);
    part.shard.inputs = make_input_tiles(part.shard.neurons, smallest_delay, setup.tile_lids);
    SynapseTableBuilder builder(shard_neurons);
    for (const auto& e : edges)
      if (part.partition.owns({e.target})) builder.count(e.source);
    builder.begin(SynapseTableBuilder::WeightType::float64, {4, 5, 6, 7, 8, 9, 10, 11, 12},
                  part.shard.inputs.cells());
    for (const auto& e : edges)
      if (part.partition.owns({e.target})) {
        const auto lid = part.partition.lid({e.target});
        const auto port = part.shard.neurons.model_at(lid).port_of_receptor[e.port];
        builder.add(e.source, e.delay, part.shard.inputs.cell(port, lid), e.weight);
      }
    part.shard.recurrent = make_spike_source(builder.finish(), part.shard.inputs);
    for (std::size_t lid = 0; lid < part.partition.gid_of_lid.size(); ++lid)
      if (const auto gid = part.partition.gid_of_lid[lid]; gid != no_neuron)
        inject(part.shard.neurons, {static_cast<std::uint32_t>(lid)}, 280.0 + gid);
    parts.push_back(std::move(part));
  }
  return parts;
}

enum class Order { by_stamp_and_source, as_ranks_send };

struct Outcome {
  std::vector<double> voltage;  ///< [gid]
  std::size_t spikes = 0;
};

Outcome simulate(int size, Order order, const Setup& setup = {}) {
  const Network network = make_network();
  auto parts = cut(network, make_edges(network), size, setup);
  std::vector<std::tuple<core::Step, std::uint32_t>> arriving;  // (stamp, gid)
  Outcome outcome;
  for (core::Step until = smallest_delay; until <= 2000; until += smallest_delay) {
    std::vector<std::tuple<core::Step, std::uint32_t>> emitted;
    for (auto& [partition, shard] : parts) {
      const auto& sources = shard.recurrent.synapses.source;
      std::vector<RowSpike> rows;
      for (const auto& [stamp, gid] : arriving) {
        const auto row = std::ranges::lower_bound(sources, gid);
        if (row != sources.end() && *row == gid)
          rows.push_back({.row = static_cast<std::uint32_t>(row - sources.begin()), .stamp = stamp});
      }
      add_neuron_spikes(shard, rows);
      std::vector<LocalSpike> spikes;
      advance(shard, until, spikes);
      for (const auto& spike : spikes)
        emitted.emplace_back(spike.stamp, partition.gid_of_lid[spike.lid.value]);
    }
    outcome.spikes += emitted.size();
    if (order == Order::by_stamp_and_source) std::ranges::sort(emitted);
    arriving = std::move(emitted);
  }
  outcome.voltage.resize(shard_neurons);
  for (const auto& [partition, shard] : parts)
    for (std::uint32_t gid = 0; gid < shard_neurons; ++gid)
      if (partition.owns({gid}))
        outcome.voltage[gid] = shard.neurons.membrane_potential(partition.lid({gid}));
  return outcome;
}

}  // namespace

TEST_CASE("voltages do not depend on how neurons are cut into shards and tiles") {
  const auto mode = GENERATE(Ports::reference, Ports::merged);
  const auto whole = simulate(1, Order::by_stamp_and_source, {.mode = mode});
  CHECK(whole.spikes > 1000);
  for (const int size : {2, 3, 7})
    for (const std::uint32_t tile_lids : {0u, 8u, 24u}) {
      CAPTURE(size, tile_lids);
      const auto parts = simulate(size, Order::by_stamp_and_source, {.mode = mode, .tile_lids = tile_lids});
      CHECK(parts.spikes == whole.spikes);
      CHECK(parts.voltage == whole.voltage);
    }
}

TEST_CASE("the invariance test notices a delivery order that follows the ranks") {
  CHECK(simulate(2, Order::as_ranks_send).voltage != simulate(1, Order::as_ranks_send).voltage);
}

TEST_CASE("every neuron has exactly one owner and models are dealt evenly") {
  const Network network = make_network();
  std::map<std::uint32_t, int> owners;
  for (int rank = 0; rank < 5; ++rank) {
    const auto local = partition_neurons(network, shard_grid, rank, 5);
    std::map<std::uint32_t, int> per_model;
    for (const auto gid : local.partition.gid_of_lid)
      if (gid != no_neuron) {
        ++owners[gid];
        ++per_model[network.model_of_gid[gid]];
        CHECK(local.partition.owns({gid}));
        CHECK(local.partition.gid_of_lid[local.partition.lid({gid}).value] == gid);
      }
    for (const auto& [model, count] : per_model)
      CHECK(std::abs(count - static_cast<int>(shard_neurons) / 15) <= 1);
  }
  CHECK(owners.size() == shard_neurons);
  for (const auto& [gid, count] : owners) CHECK(count == 1);
}

TEST_CASE("more shards than neurons and shards without neurons work") {
  const Network network = make_network();
  const auto local = partition_neurons(network, shard_grid, 150, 200);
  CHECK(local.neurons.size() == 0);
  Shard shard;
  shard.neurons = local.neurons;
  shard.inputs = make_input_tiles(shard.neurons, 16);
  std::vector<LocalSpike> spikes;
  advance(shard, 4, spikes);
  CHECK(shard.now == 4);
  CHECK(spikes.empty());
}

TEST_CASE("a clamp acts on the voltage two steps after its stamp and clamps add up") {
  const Network network = make_network();
  auto local = partition_neurons(network, shard_grid, 0, 1);
  Shard shard;
  shard.neurons = std::move(local.neurons);
  shard.inputs = make_input_tiles(shard.neurons, 16);
  const core::Lid lid = local.partition.lid({0});
  shard.clamps.changes = {{.step = 10, .clamp = 0, .amplitude = 50.0},
                          {.step = 10, .clamp = 1, .amplitude = -20.0},
                          {.step = 20, .clamp = 0, .amplitude = 0.0}};
  shard.clamps.lids_of_clamp = {{lid}, {lid}};
  shard.clamps.clamps_of.resize(shard.neurons.size());
  shard.clamps.clamps_of[lid.value] = {0, 1};
  shard.clamps.amplitude = {0, 0};
  std::vector<LocalSpike> spikes;
  const double rest = shard.neurons.v[lid.value];
  CHECK(next_current_change(shard) == 11);
  advance(shard, 11, spikes);
  CHECK(shard.neurons.v[lid.value] == rest);  // stamp 11: the current is there, the voltage not yet moved
  CHECK(shard.neurons.i_ext[lid.value] == 30.0);
  advance(shard, 12, spikes);
  CHECK(shard.neurons.v[lid.value] > rest);
  advance(shard, 21, spikes);
  CHECK(shard.neurons.i_ext[lid.value] == -20.0);
}
