// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/cohort_node_sets.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "io/text/json.hpp"
#include "metrics/base/node_set_file.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::interventions;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

/// Layer 4: six excitatory cells, three of them in the periphery (3, 4, 5), and three PV cells; one VIP cell.
NodeSetRequest network_in(const std::filesystem::path& base) {
  test::write_network(base, {{"e4Rorb"},
                             {"e4other"},
                             {"e4Rorb"},
                             {"e4Rorb", 300},
                             {"e4Rorb", 300},
                             {"e4Rorb", 300},
                             {"i4Pvalb"},
                             {"i4Pvalb"},
                             {"i4Pvalb"},
                             {"i5Vip"}});
  // Outgoing: 1, 5, 3; 7, 9, 8; 2, 4, 6; 0. Incoming: cell 0 has all but its own 1 pA, which goes to cell 2.
  std::vector<test::TestEdge> edges{{0, 2, 1}};
  for (const auto& [source, weight] : std::vector<std::pair<std::uint64_t, double>>{
           {1, 5}, {2, 3}, {3, 7}, {4, 9}, {5, 8}, {6, -2}, {7, -4}, {8, -6}})
    edges.push_back({source, 0, weight});
  test::write_edges(base, "_trained", edges);
  return {.base = base, .option = "trained", .output_directory = base / "node_sets", .core = {}};
}

std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

TEST_CASE("sets by outgoing weight have the reference's names, by region and together") {
  const TemporaryFolder folder;
  const auto request = network_in(folder.path());
  const auto files = make_ranked_sets(request, sets_by_outgoing_weight, {});
  const auto set = [&](const std::string& name) {
    return read_targets(request.output_directory / (name + ".json"));
  };
  using Ids = std::vector<std::uint64_t>;
  CHECK(set("high_outgoing_exc_core_nodes") == Ids{1});
  CHECK(set("high_outgoing_exc_core") == Ids{1});
  CHECK(set("low_outgoing_exc_core_nodes") == Ids{0});
  CHECK(set("high_outgoing_exc_periphery_nodes") == Ids{4});
  CHECK(set("low_outgoing_exc_periphery") == Ids{3});
  CHECK(set("high_outgoing_exc_nodes") == Ids{1, 4});
  CHECK(set("low_outgoing_exc_nodes") == Ids{0, 3});
  CHECK(set("high_outgoing_inh_nodes") == Ids{8});
  CHECK(set("pv_low_outgoing_core_nodes") == Ids{6});
  CHECK(set("pv_low_outgoing_core") == Ids{6});
  CHECK(set("vip_high_outgoing_core_nodes").empty());
  const auto json = io::read_json(request.output_directory / "high_outgoing_exc_nodes.json");
  CHECK(json.dump() == R"({"population":"v1","node_id":[1,4]})");

  // 2 bases x 2 levels x (2 regions x 2 names + 1), 3 classes x 2 levels x 2 regions x 2 names, statistics.
  CHECK(files.size() == 20 + 24 + 1);
  const auto names = names_in(request.output_directory);
  CHECK(names.size() == files.size() + 1);  // provenance of the statistics
  CHECK(names.contains("sst_high_outgoing_periphery_nodes.json"));
  const auto statistics =
      io::read_delimited_table(request.output_directory / "outgoing_weight_nodeset_stats.csv", ',', "test");
  CHECK(statistics.columns == std::vector<std::string>{"base", "region", "layer", "total", "high", "low",
                                                       "high_mean_weight", "low_mean_weight"});
  CHECK(statistics.rows.front().cells ==
        std::vector<std::string>{"exc", "core", "L4", "3", "1", "1", "5.0", "1.0"});
  CHECK(statistics.rows.at(1).cells[1] == "periphery");  // regions of a base stand together
}

TEST_CASE("sets by incoming weight and by synapses have names of their own") {
  const TemporaryFolder folder;
  const auto request = network_in(folder.path());
  make_ranked_sets(request, sets_by_incoming_weight, {});
  make_ranked_sets(request, sets_by_outgoing_synapses, {});
  const auto names = names_in(request.output_directory);
  CHECK(names.contains("incoming_weight_nodeset_stats.csv"));
  CHECK(names.contains("outgoing_synapsecount_nodeset_stats.csv"));
  CHECK(io::read_delimited_table(request.output_directory / "outgoing_synapsecount_nodeset_stats.csv", ',',
                                 "test")
            .columns.back() == "low_mean_synapsecount");
  CHECK(names.contains("low_outgoing_synapsecount_inh_core_nodes.json"));
  CHECK(names.contains("pv_high_outgoing_synapsecount_core_nodes.json"));
  CHECK(read_targets(request.output_directory / "high_incoming_exc_core_nodes.json") ==
        std::vector<std::uint64_t>{0});
  CHECK(read_targets(request.output_directory / "low_incoming_exc_core_nodes.json") ==
        std::vector<std::uint64_t>{1});
}

TEST_CASE("sets by synapses without a region hold core cells alone, also those of classes") {
  const TemporaryFolder folder;
  auto request = network_in(folder.path());
  // Out of 0, 1, 2 (core) 1, 3, 2 synapses; out of 3, 4, 5 (periphery) 9, 7, 8; out of the PV cells 5, 4, 6.
  std::vector<test::TestEdge> edges;
  const auto add = [&](std::uint64_t source, int synapses) {
    for (int i = 0; i < synapses; ++i) edges.push_back({source, 9, 1});
  };
  const int synapses[] = {1, 3, 2, 9, 7, 8, 5, 4, 6};
  for (std::uint64_t source = 0; source < std::size(synapses); ++source) add(source, synapses[source]);
  test::write_edges(folder.path(), "_trained", edges);
  make_ranked_sets(request, sets_by_outgoing_synapses, {});
  const auto set = [&](const std::string& name) {
    return read_targets(request.output_directory / (name + ".json"));
  };
  using Ids = std::vector<std::uint64_t>;
  CHECK(set("high_outgoing_synapsecount_exc_nodes") == Ids{1});
  CHECK(set("low_outgoing_synapsecount_exc_nodes") == Ids{0});
  CHECK(set("high_outgoing_synapsecount_exc_periphery_nodes") == Ids{3});
  CHECK(set("pv_high_outgoing_synapsecount_nodes") == Ids{8});
  CHECK(set("pv_low_outgoing_synapsecount_nodes") == Ids{7});
  for (const std::string name : {"pv", "sst", "vip"})
    for (const std::string level : {"high", "low"})
      CHECK(names_in(request.output_directory)
                .contains(name + "_" + level + "_outgoing_synapsecount_nodes.json"));
  make_ranked_sets(request, sets_by_incoming_weight, {});
  CHECK_FALSE(names_in(request.output_directory).contains("pv_high_incoming_nodes.json"));
}

TEST_CASE("thirds of cell types are sets of the core alone") {
  const TemporaryFolder folder;
  auto request = network_in(folder.path());
  request.grouping = CohortGrouping::by_cell_type;
  const auto files = make_ranked_sets(request, sets_by_outgoing_weight, {});
  CHECK(files.size() == 2 * 2 * 2 + 1);
  CHECK(read_targets(request.output_directory / "high_outgoing_inh_core_nodes.json") ==
        std::vector<std::uint64_t>{8});
  const auto statistics = io::read_delimited_table(
      request.output_directory / "outgoing_weight_nodeset_stats_by_celltype.csv", ',', "test");
  CHECK(statistics.columns == std::vector<std::string>{"base", "region", "cell_type", "total", "high", "low",
                                                       "high_mean_weight", "low_mean_weight"});
}

TEST_CASE("classes have sets by weight and as a whole") {
  const TemporaryFolder folder;
  const auto request = network_in(folder.path());
  CHECK(make_class_sets_by_weight(request, {}).size() == 3 * 2 * 3);
  CHECK(read_targets(request.output_directory / "pv_high_outgoing_nodes.json") ==
        read_targets(request.output_directory / "pv_high_outgoing_core_nodes.json"));
  CHECK(make_class_sets(request, {}).size() == 3);
  CHECK(read_targets(request.output_directory / "pv_nodes.json") == std::vector<std::uint64_t>{6, 7, 8});
  CHECK(read_targets(request.output_directory / "vip_nodes.json") == std::vector<std::uint64_t>{9});
  CHECK(read_targets(request.output_directory / "sst_nodes.json").empty());
}
