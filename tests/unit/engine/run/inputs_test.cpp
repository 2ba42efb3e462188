// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/inputs.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "engine/network/connect.hpp"
#include "support/made_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr std::size_t cells = 0, virtual_nodes = 1;

std::filesystem::path write_csv(const test::TemporaryFolder& folder, const std::string& name,
                                const std::string& rows) {
  const auto file = folder.path() / name;
  std::ofstream(file) << "timestamps population node_ids\n" << rows;
  return file;
}

SpikeInput input(const std::filesystem::path& file, io::Json node_set = "in") {
  return {.name = file.stem().string(),
          .file = file,
          .format = SpikeInput::Format::csv,
          .node_set = std::move(node_set),
          .population = {},
          .where = "config.json:/inputs/" + file.stem().string()};
}

SimulationSpec spec_with(std::vector<SpikeInput> inputs) {
  SimulationSpec spec;
  spec.grid = test::quarter;
  spec.spike_inputs = std::move(inputs);
  return spec;
}

/// Rows for the virtual nodes 1, 3 and 6.
SynapseTable table() {
  SynapseTableBuilder builder(test::made_inputs);
  for (const std::uint32_t node : {1u, 3u, 6u}) builder.count(node);
  builder.begin(SynapseTableBuilder::WeightType::float32, {4}, 8);
  for (const std::uint32_t node : {1u, 3u, 6u}) builder.add(node, 4, 0, 1.0);
  return builder.finish();
}

using Rows = std::vector<std::pair<core::Step, std::uint32_t>>;

Rows read(const std::vector<SpikeInput>& inputs, core::Step steps) {
  const auto network = make_network(test::made_network());
  Rows rows;
  for (const auto& spike :
       read_external_spikes({virtual_nodes, inputs}, network, table(), test::quarter, steps))
    rows.emplace_back(spike.stamp, spike.row);
  return rows;
}

}  // namespace

TEST_CASE("a spike input drives the virtual population that its node set names") {
  const auto network = make_network(test::made_network());
  const test::TemporaryFolder folder;
  const auto a = write_csv(folder, "a.csv", "1.0 in 1\n"), b = write_csv(folder, "b.csv", "1.0 in 1\n");
  const auto driven = find_driven_populations(spec_with({input(a), input(b)}), network, {});
  REQUIRE(driven.size() == 1);
  CHECK(driven[0].population == virtual_nodes);
  REQUIRE(driven[0].inputs.size() == 2);  // merged, in the order of the config
  CHECK(driven[0].inputs[0].name == "a");
  CHECK(driven[0].inputs[1].name == "b");
}

TEST_CASE("a spike input that would go to neurons or nowhere is refused, naming its place") {
  const auto network = make_network(test::made_network());
  const auto find = [&](const io::Json& node_set) {
    return find_driven_populations(spec_with({input("a.csv", node_set)}), network, {});
  };
  CHECK_THROWS_WITH(find("cells"), Catch::Contains("/inputs/a/node_set") && Catch::Contains("'cells'"));
  CHECK_THROWS_AS(find("no_such"), core::ConfigError);
  CHECK_THROWS_WITH(find(io::Json{{"population", "in"}, {"node_id", {99}}}), Catch::Contains("node id 99"));
}

TEST_CASE("spikes come by stamp and row, each belongs to the step that contains it") {
  const test::TemporaryFolder folder;
  const auto file = write_csv(folder, "a.csv", "1.26 in 6\n0.25 in 3\n1.5 in 1\n1.26 in 1\n0.1 in 1\n");
  CHECK(read({input(file)}, 100) == Rows{{1, 0}, {1, 1}, {6, 0}, {6, 0}, {6, 2}});
}

TEST_CASE("spikes after the end and of nodes without target are left out, of unknown nodes refused") {
  const test::TemporaryFolder folder;
  const auto file = write_csv(folder, "a.csv", "1.0 in 1\n1.25 in 1\n0.5 in 0\n0.5 in 4\n");
  CHECK(read({input(file)}, 4) == Rows{{4, 0}});
  CHECK(read({input(file)}, 5) == Rows{{4, 0}, {5, 0}});
  const auto unknown = write_csv(folder, "b.csv", "1.0 in 1\n0.5 in 7\n");
  CHECK_THROWS_WITH(read({input(unknown)}, 4), Catch::Contains("node 7"));
}

TEST_CASE("the files of one population are merged") {
  const test::TemporaryFolder folder;
  const auto a = write_csv(folder, "a.csv", "2.0 in 1\n1.0 in 3\n");
  const auto b = write_csv(folder, "b.csv", "1.5 in 6\n1.0 in 3\n");
  CHECK(read({input(a), input(b)}, 100) == Rows{{4, 1}, {4, 1}, {6, 2}, {8, 0}});
}

TEST_CASE("spike times that lie before the first step are refused, at their boundary") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(read({input(write_csv(folder, "zero.csv", "0.0 in 1\n"))}, 100), core::FormatError);
  CHECK_THROWS_AS(read({input(write_csv(folder, "before.csv", "-0.25 in 1\n"))}, 100), core::FormatError);
  CHECK(read({input(write_csv(folder, "just.csv", "1e-9 in 1\n"))}, 100) == Rows{{1, 0}});
  CHECK_THROWS_AS(read({input(folder.path() / "no.csv")}, 100), core::MissingFileError);
}

TEST_CASE("clamps reach the neurons of their sets, changes by time and clamp") {
  const auto network = make_network(test::made_network());
  const auto local = partition_neurons(network, test::quarter, 0, 1);
  auto spec = spec_with({});
  const auto clamp = [](std::vector<std::uint32_t> ids, std::vector<CurrentClamp::Change> changes) {
    return CurrentClamp{.name = "c",
                        .node_set = {{"population", "cells"}, {"node_id", ids}},
                        .changes = std::move(changes),
                        .where = "config.json:/inputs/c"};
  };
  spec.clamps = {clamp({4, 9}, {{10, 50.0}, {20, 0.0}}), clamp({9}, {{10, 7.0}, {15, 8.0}})};
  const auto clamps = make_clamps(spec, network, {}, local.partition);
  const auto lid = [&](std::uint32_t gid) { return local.partition.lid({gid}); };
  CHECK(clamps.lids_of_clamp[0] == std::vector{lid(4), lid(9)});
  CHECK(clamps.lids_of_clamp[1] == std::vector{lid(9)});
  CHECK(clamps.clamps_of[lid(9).value] == std::vector<std::uint32_t>{0, 1});
  CHECK(clamps.clamps_of[lid(4).value] == std::vector<std::uint32_t>{0});
  CHECK(clamps.clamps_of[lid(5).value].empty());
  Rows changes;
  for (const auto& change : clamps.changes) changes.emplace_back(change.step, change.clamp);
  CHECK(changes == Rows{{10, 0}, {10, 1}, {15, 1}, {20, 0}});
  CHECK(clamps.amplitude == std::vector{0.0, 0.0});
  CHECK(make_clamps(spec_with({}), network, {}, local.partition).clamps_of.empty());
}

TEST_CASE("every rank gets the clamps of its own neurons alone") {
  const auto network = make_network(test::made_network());
  auto spec = spec_with({});
  spec.clamps = {{.name = "c", .node_set = "cells", .changes = {{4, 1.0}}, .where = "test"}};
  std::size_t clamped = 0;
  for (int rank = 0; rank < 3; ++rank) {
    const auto local = partition_neurons(network, test::quarter, rank, 3);
    const auto clamps = make_clamps(spec, network, {}, local.partition);
    CHECK(clamps.changes.size() == 1);  // all ranks cut their steps at the same times
    for (const auto lid : clamps.lids_of_clamp[0]) CHECK(local.partition.gid_of_lid[lid.value] != no_neuron);
    clamped += clamps.lids_of_clamp[0].size();
  }
  CHECK(clamped == test::made_cells);
  CHECK(network.gids.has_neurons(cells));
}
