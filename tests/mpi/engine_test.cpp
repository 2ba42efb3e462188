// SPDX-License-Identifier: BSD-3-Clause
// The engine on all ranks against the engine on one rank alone: the same spikes, and the same state of every
// neuron and synapse in every bit.
#include <catch2/catch.hpp>

#include "io/sonata/config/sonata_config.hpp"
#include "support/engine_run.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::engine;
using core::Comm;

namespace {

/// Deals cells of one model to ranks; what a router needs.
struct Dealt {
  Network network;
  LocalNeurons local;

  Dealt(std::uint32_t cells, const Comm& comm)
      : network(of(cells)), local(partition_neurons(network, test::quarter, comm.rank(), comm.size())) {}
  static Network of(std::uint32_t cells) {
    Network network;
    network.models.push_back({.label = "model", .parameters = {}});
    network.model_of_gid.assign(cells, 0);
    return network;
  }
};

/// Each rank has a target of every neuron but some.
bool has_target(std::uint32_t gid, int rank) {
  return (gid * 5 + static_cast<std::uint32_t>(rank)) % 3 != 0;
}

SynapseTable table_of(std::uint32_t cells, int rank) {
  SynapseTableBuilder builder(cells);
  for (std::uint32_t gid = 0; gid < cells; ++gid)
    if (has_target(gid, rank)) builder.count(gid);
  builder.begin(SynapseTableBuilder::WeightType::float32, {4}, 8);
  for (std::uint32_t gid = 0; gid < cells; ++gid)
    if (has_target(gid, rank)) builder.add(gid, 4, 0, 1.0);
  return builder.finish();
}

}  // namespace

TEST_CASE("spikes reach the ranks that hold a target, sorted however ranks emitted them", "[exchange]") {
  const Comm world(MPI_COMM_WORLD);
  constexpr std::uint32_t cells = 50;
  const Dealt dealt(cells, world);
  const auto table = table_of(cells, world.rank());
  const auto form = GENERATE(from_range(test::all_exchange_forms()));
  SpikeRouter router(table, dealt.local.partition, world, form);

  for (const core::Step start : {core::Step{0}, core::Step{400}}) {
    std::vector<LocalSpike> emitted;
    for (std::uint32_t gid = 0; gid < cells; ++gid)
      if (dealt.local.partition.owns({gid}) && gid % 4 != 3)
        emitted.push_back({.stamp = start + 1 + gid * 7 % 4, .lid = dealt.local.partition.lid({gid})});
    if (world.rank() % 2 == 1) std::ranges::reverse(emitted);
    double wait_s = 0;
    const auto arrived = router.exchange(emitted, start, wait_s);

    std::vector<std::pair<core::Step, std::uint32_t>> got, expected;
    for (const auto& spike : arrived) got.emplace_back(spike.stamp, table.source[spike.row]);
    for (std::uint32_t gid = 0; gid < cells; ++gid)
      if (gid % 4 != 3 && has_target(gid, world.rank())) expected.emplace_back(start + 1 + gid * 7 % 4, gid);
    std::ranges::sort(expected);
    CHECK(got == expected);
  }
}

TEST_CASE("an interval in which nobody spikes brings nothing") {
  const Comm world(MPI_COMM_WORLD);
  const Dealt dealt(20, world);
  const auto table = table_of(20, world.rank());
  SpikeRouter router(table, dealt.local.partition, world);
  double wait_s = 0;
  CHECK(router.exchange({}, 4, wait_s).empty());
}

TEST_CASE("a network in memory has the same states on all ranks as on one", "[exchange]") {
  const Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const auto file = std::filesystem::path(world.broadcast(own.path().string())) / "in.csv";
  if (world.is_root()) test::write_input_spikes(file, 0, 250);
  world.barrier();
  for (const auto ports : {Ports::reference, Ports::merged, Ports::merged_single}) {
    const auto trial = test::made_trial(file, 1000);
    const auto together = test::run_made(test::made_network(), {trial}, ports, world);
    const auto alone = test::run_made(test::made_network(), {trial}, ports, Comm{});
    REQUIRE(alone.spikes.size() > 500);
    CHECK(together.spikes == alone.spikes);
    CHECK(together.cells == alone.cells);
    for (const auto form : test::all_exchange_forms())
      CHECK(test::run_made(test::made_network(), {trial}, ports, world, form) == alone);
  }
  world.barrier();
}

TEST_CASE("a network in files, whose edges travel, has the same states on all ranks as on one") {
  const Comm world(MPI_COMM_WORLD);
  io::ConfigOverrides overrides;
  overrides.output_dir = "unused";
  auto trials = read_trials({STRIATE_TEST_DATA "/tiny/configs/config_clamp.json"}, overrides);
  trials.front().spec.steps = 1600;
  const auto network = read_network(trials.front().config);
  resolve_inputs(trials, network);
  const auto run = [&](const Comm& comm) {
    auto loaded = load_network(trials.front().config, nullptr, trials.front().spec, network,
                               driven_populations(trials), Ports::merged, comm);
    return test::run_trial(loaded, trials.front(), network, comm);
  };
  const auto together = run(world), alone = run(Comm{});
  REQUIRE(alone.spikes.size() > 200);
  CHECK(together.spikes == alone.spikes);
  CHECK(together.cells == alone.cells);
}
