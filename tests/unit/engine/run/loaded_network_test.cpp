// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/loaded_network.hpp"

#include <catch2/catch.hpp>

#include "support/engine_run.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

struct Files {
  test::TemporaryFolder folder;
  std::filesystem::path a = folder.path() / "a.csv", b = folder.path() / "b.csv";
  Files() {
    test::write_input_spikes(a, 0, 150);
    test::write_input_spikes(b, 1, 150);
  }
};

}  // namespace

TEST_CASE("a trial leaves nothing behind for the next one") {
  const Files files;
  const auto made = test::made_network();
  auto first = test::made_trial(files.a, 600), second = test::made_trial(files.b, 523);
  second.spec.clamps.resize(1);
  for (const auto ports : {Ports::reference, Ports::merged}) {
    const auto alone = test::run_made(made, {first}, ports, {});
    CHECK(alone.spikes.size() > 300);
    CHECK(test::run_made(made, {second}, ports, {}) != alone);
    CHECK(test::run_made(made, {first, second, first}, ports, {}) == alone);
    CHECK(test::run_made(made, {second, first}, ports, {}) == alone);
  }
}

TEST_CASE("a trial that does not drive a population does not feel what the trial before sent to it") {
  const Files files;
  const auto made = test::made_network();
  const auto driven = test::made_trial(files.a, 600);
  auto quiet = driven;
  quiet.spec.spike_inputs.clear();
  const auto alone = test::run_made(made, {quiet}, Ports::merged, {});
  CHECK(test::run_made(made, {driven, quiet}, Ports::merged, {}) == alone);
  CHECK(test::run_made(made, {driven}, Ports::merged, {}) != alone);
  CHECK(test::run_made(made, {quiet, driven}, Ports::merged, {}) ==
        test::run_made(made, {driven}, Ports::merged, {}));
}

TEST_CASE("the interval is the smallest delay, and only synapses in use are counted") {
  const Files files;
  const auto made = test::made_network();
  const auto network = make_network(made);
  std::vector<Trial> trials{test::made_trial(files.a, 600)};
  auto quiet = trials.front();
  quiet.spec.spike_inputs.clear();
  trials.push_back(quiet);
  resolve_inputs(trials, network);
  const core::Comm comm;
  auto loaded =
      load_network({}, &made, trials[0].spec, network, driven_populations(trials), Ports::merged, comm);
  CHECK(loaded.interval == 4);
  CHECK(loaded.shard.recurrent.synapses.size() == 3000);
  begin_trial(loaded, trials[0], network);
  CHECK(synapses_in_use(loaded) == 3500);
  CHECK(loaded.shard.external.size() == 1);
  begin_trial(loaded, trials[1], network);
  CHECK(synapses_in_use(loaded) == 3000);
  CHECK(loaded.shard.external.empty());
  CHECK(loaded.external.size() == 1);
}

TEST_CASE("a network without connections between cells runs in the longest intervals") {
  const Files files;
  const auto made = test::made_network({});
  const auto network = make_network(made);
  std::vector<Trial> trials{test::made_trial(files.a, 100)};
  resolve_inputs(trials, network);
  const core::Comm comm;
  const auto loaded =
      load_network({}, &made, trials[0].spec, network, driven_populations(trials), Ports::merged, comm);
  CHECK(loaded.interval == 16);
  CHECK(loaded.shard.recurrent.synapses.size() == 0);
}

TEST_CASE("intervals follow the smallest delay within bounds") {
  CHECK(exchange_interval(0) == 16);
  CHECK(exchange_interval(1) == 1);
  CHECK(exchange_interval(16) == 16);
  CHECK(exchange_interval(17) == 16);
  CHECK(exchange_interval(9) == 9);
}

TEST_CASE("with state in single precision intervals end where it is rounded") {
  CHECK(exchange_interval(0, Ports::merged_single) == 16);
  CHECK(exchange_interval(9, Ports::merged_single) == 8);
  CHECK(exchange_interval(4, Ports::merged_single) == 4);
  CHECK_THROWS_WITH(exchange_interval(3, Ports::merged_single),
                    Catch::Contains("--state single on a network with delays of 3 time steps"));
}
