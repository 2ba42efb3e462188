// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/spike_recorder.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "engine/summary/type_rates.hpp"
#include "support/files.hpp"
#include "support/made_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

/// The made network and a second population of neurons, named so that its spikes come first in the files.
MadeNetwork two_populations() {
  auto made = test::made_network();
  const auto types = io::TypeTable::parse(
      "node_type_id model_type model_template dynamics_params pop_name\n"
      "1 point_process nest:glif_psc_double_alpha a.json odd\n",
      "more_node_types.csv", "node_type_id");
  made.nodes.push_back({"more_nodes.h5", io::make_node_population("a_few", {1, 1, 1}, types, {})});
  return made;
}

struct Run {
  test::TemporaryFolder folder;
  Network network = make_network(two_populations());
  Partition partition = partition_neurons(network, test::quarter, 0, 1).partition;
  SimulationSpec spec;
  std::vector<io::OutputSpikes> told;  ///< by population

  Run() {
    spec.grid = test::quarter;
    spec.output.directory = folder.path();
    spec.output.spikes_file = folder.path() / "spikes.h5";
    spec.output.spikes_file_csv = folder.path() / "spikes.csv";
    for (const auto& population : network.populations)
      if (population.name != "in") told.push_back({population.name, {}, {}});
  }
  std::filesystem::path spool(int number) const {
    return io::incomplete_name(folder.path() / fmt::format("spikes.h5.spool{}", number));
  }
  SpikeRecorder recorder() const { return {spec, network, partition, {}}; }
  /// Each neuron fires once in three steps of (from, to], neuron by neuron as the machine tells it.
  void add(SpikeRecorder& recorder, core::Step from, core::Step to, bool remember = true) {
    std::vector<LocalSpike> spikes;
    for (std::uint32_t gid = 0; gid < network.neuron_count(); ++gid)
      for (core::Step step = from + 1; step <= to; ++step) {
        if ((step + gid) % 3 != 0) continue;
        spikes.push_back({step, partition.lid({gid})});
        if (!remember) continue;
        auto& of = told[network.populations[network.gids.population_of(gid)].name == "a_few" ? 1 : 0];
        of.time_ms.push_back(spec.grid.time_ms(step));
        of.node_id.push_back(network.node_id({gid}));
      }
    recorder.add(spikes);
  }
  void check_results(SpikeRecorder& recorder) const {
    CHECK(recorder.write() == std::vector{*spec.output.spikes_file, *spec.output.spikes_file_csv});
    io::write_spikes_h5(folder.path() / "expected.h5", told, {.order = spec.output.spikes_order}, {});
    io::write_spikes_csv(folder.path() / "expected.csv", told, {});
    for (const std::string name : {"h5", "csv"}) {
      const bool same_bytes = test::text_of(io::incomplete_name(folder.path() / ("spikes." + name))) ==
                              test::text_of(folder.path() / ("expected." + name));
      CHECK(same_bytes);
    }
    CHECK(recorder.count() == told[0].time_ms.size() + told[1].time_ms.size());
    recorder.remove_spools();
    CHECK_FALSE(std::filesystem::exists(spool(0)));
    CHECK_FALSE(std::filesystem::exists(spool(1)));
  }
};

}  // namespace

TEST_CASE("few spikes of several populations go to the results without a file between") {
  Run run;
  auto recorder = run.recorder();
  recorder.begin();
  for (core::Step step = 0; step < 400; step += 4) run.add(recorder, step, step + 4);
  CHECK_FALSE(std::filesystem::exists(run.spool(0)));
  run.check_results(recorder);
}

TEST_CASE("many spikes go to disk on the way, population by population") {
  for (const auto order : {io::SpikeOrder::by_time, io::SpikeOrder::by_id}) {
    Run run;
    run.spec.output.spikes_order = order;
    auto recorder = run.recorder();
    recorder.begin();
    const auto spools = [&] {
      return std::filesystem::exists(run.spool(0)) && std::filesystem::exists(run.spool(1));
    };
    // 32 intervals and half a million spikes.
    for (int interval = 0; interval < 31; ++interval) run.add(recorder, 900 * interval, 900 * (interval + 1));
    CHECK_FALSE(spools());
    run.add(recorder, 900 * 31, 900 * 32);
    CHECK(spools());
    CHECK(std::filesystem::file_size(run.spool(0)) == 8 * run.told[0].time_ms.size());
    run.add(recorder, 900 * 32, 900 * 33);
    run.check_results(recorder);
  }
}

TEST_CASE("a recorder goes on behind what a checkpoint knows") {
  Run run;
  SpikePositions positions;
  std::vector<std::uint64_t> counts;
  {
    auto killed = run.recorder();
    killed.begin();
    run.add(killed, 0, 100);
    positions = killed.sync();
    counts.assign(killed.counts().begin(), killed.counts().end());
    run.add(killed, 100, 200, false);
    killed.sync();
  }
  auto recorder = run.recorder();
  recorder.resume(positions, counts);
  run.add(recorder, 100, 300);
  run.check_results(recorder);
  CHECK_THROWS_WITH(run.recorder().resume({positions.front()}, counts), Catch::Contains("1 populations"));
}

TEST_CASE("without a file of spikes they are only counted") {
  Run run;
  run.spec.output.spikes_file.reset();
  run.spec.output.spikes_file_csv.reset();
  auto recorder = run.recorder();
  recorder.begin();
  run.add(recorder, 0, 30);
  CHECK(recorder.sync().empty());
  CHECK(recorder.write().empty());
  CHECK(recorder.count() == 10 * 64);
  const auto rates = rates_by_type(recorder.counts(), run.network, run.partition, {});
  REQUIRE(rates.back().label == "odd");
  CHECK(rates.back().cells == 3);
  CHECK(rates.back().spikes == 30);
}

TEST_CASE("the spool stands beside the result, but not beside a device") {
  Run run;
  run.spec.output.spikes_file.reset();
  run.spec.output.spikes_file_csv = "/dev/null";
  auto recorder = run.recorder();
  recorder.begin();
  run.add(recorder, 0, 30);
  recorder.sync();
  CHECK(std::filesystem::exists(io::incomplete_name(run.folder.path() / "null.spool0")));
}
