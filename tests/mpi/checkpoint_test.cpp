// SPDX-License-Identifier: BSD-3-Clause
// A simulation that is stopped on all ranks and goes on on one, and the other way round; its checkpoint is
// the same file on any number of ranks.
#include <catch2/catch.hpp>

#include "io/hdf5/content_hash.hpp"
#include "support/interrupted_run.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::engine;
using core::Comm;

TEST_CASE("a checkpoint of all ranks is that of one, and either goes on from the other's") {
  const Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path shared = world.broadcast(own.path().string());
  const auto spikes = shared / "in.csv";
  if (world.is_root()) test::write_input_spikes(spikes, 0, 250);
  world.barrier();
  constexpr core::Step steps = 420;
  const auto made = test::made_network();
  const auto trial = test::made_trial(spikes, steps);
  for (const auto ports : {Ports::reference, Ports::merged, Ports::merged_single}) {
    test::MadeRun whole(made, trial, ports, Comm{});
    whole.run_to(steps);
    const auto expected = whole.outcome();
    for (const core::Step stop : {4, 403, 420}) {
      CAPTURE(stop);
      const auto of_all = shared / fmt::format("all_{}.h5", stop);
      test::MadeRun together(made, trial, ports, world);
      together.run_to(stop);
      together.write(of_all);
      const auto of_one = own.path() / fmt::format("one_{}.h5", stop);
      test::MadeRun alone(made, trial, ports, Comm{});
      alone.run_to(stop);
      alone.write(of_one);
      CHECK(io::content_hash(of_all) == io::content_hash(of_one));

      test::MadeRun on_one(made, trial, ports, Comm{});
      on_one.read(of_all);
      on_one.run_to(steps);
      CHECK(on_one.outcome().cells == expected.cells);

      const std::filesystem::path of_root = world.broadcast(of_one.string());
      test::MadeRun on_all(made, trial, ports, world);
      on_all.read(of_root);
      on_all.run_to(steps);
      CHECK(on_all.outcome().cells == expected.cells);
      CHECK(network_checksum(on_all.loaded.shard, on_all.loaded.external_in_use, on_all.network,
                             on_all.loaded.partition,
                             world) == network_checksum(on_one.loaded.shard, on_one.loaded.external_in_use,
                                                        on_one.network, on_one.loaded.partition, Comm{}));
      CHECK(input_checksum(on_all.loaded.shard, on_all.loaded.partition, world) ==
            input_checksum(on_one.loaded.shard, on_one.loaded.partition, Comm{}));
    }
  }
  world.barrier();
}
