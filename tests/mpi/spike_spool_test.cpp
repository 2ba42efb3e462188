// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/spike_spool.hpp"

#include <catch2/catch.hpp>

#include "support/files.hpp"
#include "support/spool_spikes.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using core::Comm;
using io::SpikeOrder;

namespace {

constexpr std::uint32_t nodes = 37;
constexpr core::Step steps = 900;

struct Run {
  const Comm& world;
  test::TemporaryFolder own = {};
  std::filesystem::path folder = world.broadcast(own.path().string());
  std::vector<std::uint64_t> ids = test::shuffled_ids(nodes);
  std::vector<test::NodeSpike> spikes = test::node_spikes(nodes, steps, 0.05);
  core::TimeGrid grid{0.25};

  io::SpoolLayout layout() const {
    return {.file = folder / "spool",
            .population = "v1",
            .node_ids = ids,
            .grid = grid,
            .rows_by_time = 100,
            .rows_by_id = 90};
  }
  /// Steps [from, end) in blocks, also such without a spike on some rank.
  void add_in_blocks(io::SpikeSpool& spool, core::Step from, core::Step end, const Comm& comm) const {
    for (core::Step step = from, block = 1; step < end; step += block, block = 1 + block * 3 % 200) {
      if (step > from) spool.flush();
      test::add_spikes(spool, spikes, step, std::min(step + block, end), comm);
    }
  }
  /// All ranks of `comm` write; every rank of the world compares with what one rank makes in memory.
  void check_results(io::SpikeSpool& spool, const Comm& comm) const {
    for (const auto order : {SpikeOrder::by_id, SpikeOrder::by_time})
      for (const int deflate : {0, 4}) {
        const std::vector<io::OrderedSpikes> ordered{spool.ordered(order)};
        io::write_ordered_spikes_h5(folder / "spikes.h5", ordered, {.order = order, .deflate = deflate},
                                    comm);
        const auto expected = io::sort_spikes(test::output_of(spikes, ids, grid), order, Comm{});
        const auto read = io::read_spikes_h5(folder / "spikes.h5", "v1");
        CHECK(read.time_ms == expected.time_ms);
        CHECK(read.node_id == expected.node_id);
        comm.barrier();
      }
    const std::vector<io::OrderedSpikes> ordered{spool.ordered(SpikeOrder::by_time)};
    io::write_ordered_spikes_csv(folder / "spikes.csv", ordered, comm);
    const std::vector<io::OutputSpikes> direct{test::output_of(spikes, ids, grid)};
    io::write_spikes_csv(own.path() / "expected.csv", direct, Comm{});
    const bool same_table =
        test::text_of(folder / "spikes.csv") == test::text_of(own.path() / "expected.csv");
    CHECK(same_table);
    comm.barrier();
  }
};

}  // namespace

TEST_CASE("a spool holds and gives the same on any number of ranks") {
  const Comm world(MPI_COMM_WORLD);
  const Run run{.world = world};
  io::SpikeSpool spool(run.layout(), world);
  spool.begin();
  run.add_in_blocks(spool, 1, 700, world);
  const auto position = spool.sync();

  auto alone_layout = run.layout();
  alone_layout.file = run.own.path() / "alone";
  io::SpikeSpool alone(alone_layout, Comm{});
  alone.begin();
  run.add_in_blocks(alone, 1, 700, Comm{});
  CHECK(alone.sync() == position);
  const bool same_keys = test::text_of(io::incomplete_name(alone_layout.file)) ==
                         test::text_of(io::incomplete_name(run.layout().file));
  CHECK(same_keys);

  world.barrier();
  run.add_in_blocks(spool, 700, steps + 1, world);
  run.check_results(spool, world);
}

TEST_CASE("spikes of one block go to the results from the memory of all ranks") {
  const Comm world(MPI_COMM_WORLD);
  const Run run{.world = world};
  io::SpikeSpool spool(run.layout(), world);
  spool.begin();
  test::add_spikes(spool, run.spikes, 1, steps + 1, world);
  CHECK_FALSE(std::filesystem::exists(io::incomplete_name(run.layout().file)));
  run.check_results(spool, world);
}

TEST_CASE("a spool of many ranks goes on on one, and that of one on many") {
  const Comm world(MPI_COMM_WORLD);
  for (const bool ends_alone : {true, false}) {
    const Run run{.world = world};
    const Comm before = ends_alone ? world : Comm{}, after = ends_alone ? Comm{} : world;
    io::SpoolPosition position;
    if (ends_alone || world.is_root()) {
      io::SpikeSpool killed(run.layout(), before);
      killed.begin();
      run.add_in_blocks(killed, 1, 500, before);
      position = killed.sync();
      run.add_in_blocks(killed, 500, 650, before);
      killed.flush();
    }
    position = world.all_gather(position).front();
    if (ends_alone && !world.is_root()) {
      world.barrier();
      continue;
    }
    io::SpikeSpool spool(run.layout(), after);
    spool.resume(position);
    run.add_in_blocks(spool, 500, steps + 1, after);
    run.check_results(spool, after);
    if (ends_alone) world.barrier();
  }
}
