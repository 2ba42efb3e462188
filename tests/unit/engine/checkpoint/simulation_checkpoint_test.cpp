// SPDX-License-Identifier: BSD-3-Clause
#include "engine/checkpoint/simulation_checkpoint.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "support/interrupted_run.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr core::Step steps = 600;

struct Files {
  test::TemporaryFolder folder;
  std::filesystem::path spikes = folder.path() / "in.csv", checkpoint = folder.path() / "checkpoint.h5";
  Files() { test::write_input_spikes(spikes, 0, 150); }
};

}  // namespace

TEST_CASE("a run that goes on from a checkpoint has the bits of one that was never stopped") {
  const Files files;
  const auto made = test::made_network();
  const auto trial = test::made_trial(files.spikes, steps);
  for (const auto ports : {Ports::reference, Ports::merged, Ports::merged_single}) {
    test::MadeRun whole(made, trial, ports, {});
    whole.run_to(steps);
    const auto expected = whole.outcome();
    REQUIRE(expected.spikes.size() > 300);
    // The first interval, an exchange, odd steps (one amid currents that change), the last step.
    for (const core::Step stop : {4, 400, 5, 403, 599, 600}) {
      CAPTURE(stop);
      test::MadeRun before(made, trial, ports, {});
      before.run_to(stop);
      before.write(files.checkpoint);
      test::MadeRun after(made, trial, ports, {});
      const auto counts = after.read(files.checkpoint);
      CHECK(after.loaded.shard.now == stop);
      CHECK(after.outcome().cells == before.outcome().cells);
      CHECK(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == before.spikes.size());
      after.run_to(steps);
      CHECK(after.outcome().cells == expected.cells);
      after.spikes.insert(after.spikes.end(), before.spikes.begin(), before.spikes.end());
      CHECK(after.outcome().spikes == expected.spikes);
    }
  }
}

TEST_CASE("many checkpoints in a row change nothing") {
  const Files files;
  const auto made = test::made_network();
  const auto trial = test::made_trial(files.spikes, steps);
  test::MadeRun whole(made, trial, Ports::merged, {});
  whole.run_to(steps);
  test::MadeRun run(made, trial, Ports::merged, {});
  for (core::Step stop = 0; stop < steps;) {
    stop = std::min<core::Step>(stop + 1 + stop % 37, steps);
    run.run_to(stop);
    run.write(files.checkpoint);
    begin_trial(run.loaded, run.trials.front(), run.network);
    run.loaded.shard.neurons.record_currents = true;
    run.read(files.checkpoint);
  }
  CHECK(run.outcome() == whole.outcome());
}

TEST_CASE("the checksums of network and inputs see what counts, and nothing else") {
  const Files files;
  const auto made = test::made_network();
  const auto trial = test::made_trial(files.spikes, steps);
  const auto of_network = [&](const MadeNetwork& network, Ports ports) {
    const test::MadeRun run(network, trial, ports, {});
    return network_checksum(run.loaded.shard, run.loaded.external_in_use, run.network, run.loaded.partition,
                            {});
  };
  const auto sum = of_network(made, Ports::merged);
  CHECK(of_network(test::made_network(), Ports::merged) == sum);
  CHECK(of_network(made, Ports::reference) != sum);
  CHECK(of_network(test::made_network({}), Ports::merged) != sum);

  const auto of_inputs = [&](const Trial& with, core::Step now) {
    test::MadeRun run(made, with, Ports::merged, {});
    set_time(run.loaded.shard, now);
    return input_checksum(run.loaded.shard, run.loaded.partition, {});
  };
  const auto inputs = of_inputs(trial, 401);
  CHECK(of_inputs(trial, 401) == inputs);
  CHECK(of_inputs(trial, 399) != inputs);
  auto changed = trial;
  changed.spec.clamps[1].changes[0].amplitude_pA += 1;
  CHECK(of_inputs(changed, 401) != inputs);
  changed = trial;
  changed.spec.clamps[2].changes[1].amplitude_pA += 1;  // at step 402: still to come
  CHECK(of_inputs(changed, 401) == inputs);
  CHECK(of_inputs(changed, 402) != of_inputs(trial, 402));
  const auto other = files.folder.path() / "other.csv";
  test::write_input_spikes(other, 1, 150);
  CHECK(of_inputs(test::made_trial(other, steps), 401) != inputs);
  CHECK(of_inputs(test::made_trial(files.spikes, 2 * steps), 401) == inputs);
}
