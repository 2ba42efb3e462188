// SPDX-License-Identifier: BSD-3-Clause
// One right file of each kind is damaged in one way at a time. `found` must name every problem, so each test
// would fail if the check stopped at the first or missed one.
#include "io/check/check_files.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <limits>

#include "io/hdf5/h5.hpp"
#include "io/sonata/spikes.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using core::Problems;
using test::TemporaryFolder;
namespace h5 = io::h5;

namespace {

using Integers = std::vector<std::int64_t>;
using Values = std::vector<double>;

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool found(const Problems& problems, const std::string& text) {
  return std::ranges::any_of(problems.errors, [&](const auto& problem) {
    return problem.text.find(text) != std::string::npos && problem.code == core::ExitCode::bad_data;
  });
}

std::string all(const Problems& problems) {
  std::string text;
  for (const auto& problem : problems.errors) text += problem.text + "\n";
  return text;
}

void require_found(const Problems& problems, std::initializer_list<const char*> texts) {
  INFO(all(problems));
  CHECK(problems.errors.size() == texts.size());
  for (const std::string text : texts) {
    INFO("looking for: " << text);
    CHECK(found(problems, text));
  }
}

struct Nodes {
  Integers id{0, 1, 2, 3}, type{5, 5, 6, 6}, group{0, 0, 0, 0}, row{0, 1, 2, 3};
  Values x{0, 1, nan_value, 3};
  std::string types = "node_type_id model_type\n5 virtual\n6 virtual\n";

  Problems check() const {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "types.csv") << types;
    const auto path = folder.path() / "nodes.h5";
    auto file = h5::File::create(path);
    h5::write<std::int64_t>(file, "/nodes/v1/node_id", id);
    h5::write<std::int64_t>(file, "/nodes/v1/node_type_id", type);
    h5::write<std::int64_t>(file, "/nodes/v1/node_group_id", group);
    h5::write<std::int64_t>(file, "/nodes/v1/node_group_index", row);
    h5::write<double>(file, "/nodes/v1/0/x", x);
    file.close();
    Problems problems;
    io::check_nodes_file(path, io::TypeTable::read(folder.path() / "types.csv", "node_type_id"), problems);
    return problems;
  }
};

/// Edges 0-1 end on node 0, edges 2-3 on node 1; their sources are 1, 0, 1, 0.
struct Edges {
  Integers source{1, 0, 1, 0}, target{0, 0, 1, 1}, type{7, 7, 8, 8}, group{0, 0, 0, 0}, row{0, 1, 2, 3};
  Values weight{1, 2, 3, 4};
  std::optional<Values> delay = std::nullopt;
  Integers target_nodes{0, 1, 1, 2}, target_ranges{0, 2, 2, 4};
  Integers source_nodes{0, 2, 2, 4}, source_ranges{1, 2, 3, 4, 0, 1, 2, 3};
  std::string index_name = "node_id_to_range";

  static void write_pairs(const h5::File& file, const std::string& dataset, const Integers& values) {
    const std::uint64_t shape[] = {values.size() / 2, 2};
    h5::create_dataset<std::int64_t>(file, dataset, shape);
    h5::write_rows<std::int64_t>(file, dataset, 0, values);
  }

  void write(const std::filesystem::path& path) const {
    auto file = h5::File::create(path);
    const std::string root = "/edges/v1_to_v1/";
    h5::write<std::int64_t>(file, root + "source_node_id", source);
    h5::write<std::int64_t>(file, root + "target_node_id", target);
    for (const char* end : {"source_node_id", "target_node_id"})
      h5::write_attribute(file, root + end, "node_population", std::string("v1"));
    h5::write<std::int64_t>(file, root + "edge_type_id", type);
    h5::write<std::int64_t>(file, root + "edge_group_id", group);
    h5::write<std::int64_t>(file, root + "edge_group_index", row);
    h5::write<double>(file, root + "0/syn_weight", weight);
    if (delay) h5::write<double>(file, root + "0/delay", *delay);
    write_pairs(file, root + "indices/target_to_source/" + index_name, target_nodes);
    write_pairs(file, root + "indices/target_to_source/range_to_edge_id", target_ranges);
    write_pairs(file, root + "indices/source_to_target/" + index_name, source_nodes);
    write_pairs(file, root + "indices/source_to_target/range_to_edge_id", source_ranges);
    file.close();
  }

  Problems check() const {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "types.csv") << "edge_type_id delay\n7 1\n8 1\n";
    write(folder.path() / "edges.h5");
    const auto types = io::TypeTable::read(folder.path() / "types.csv", "edge_type_id");
    std::vector<io::NodePopulation> populations(1);
    populations[0].name = "v1";
    populations[0].node_id = io::NodeIds::counted(2);
    Problems problems;
    io::check_edges_file(folder.path() / "edges.h5", {.types = &types, .populations = &populations},
                         problems);
    return problems;
  }
};

struct Spikes {
  Values time{0.5, 1.0, 2.0};
  Integers id{1, 0, 1};
  std::string sorting = "by_time", units = "ms";

  Problems check(io::SpikeContext context = {}) const {
    const TemporaryFolder folder;
    const auto path = folder.path() / "spikes.h5";
    auto file = h5::File::create(path);
    h5::write<double>(file, "/spikes/lgn/timestamps", time);
    h5::write<std::int64_t>(file, "/spikes/lgn/node_ids", id);
    h5::write_attribute(file, "/spikes/lgn", "sorting", sorting);
    h5::write_attribute(file, "/spikes/lgn/timestamps", "units", units);
    file.close();
    Problems problems;
    io::check_spikes_file(path, context, problems);
    return problems;
  }
};

struct Report {
  Values data{1, 2, 3, 4, 5, 6}, time{0.25, 1.0, 0.25};  // three samples of two cells
  Integers ids{4, 9}, pointers{0, 1, 2};

  Problems check() const {
    const TemporaryFolder folder;
    const auto path = folder.path() / "report.h5";
    auto file = h5::File::create(path);
    const std::uint64_t shape[] = {3, 2};
    h5::create_dataset<double>(file, "/report/v1/data", shape);
    h5::write_rows<double>(file, "/report/v1/data", 0, data);
    h5::write<double>(file, "/report/v1/mapping/time", time);
    h5::write<std::int64_t>(file, "/report/v1/mapping/node_ids", ids);
    h5::write<std::int64_t>(file, "/report/v1/mapping/index_pointers", pointers);
    file.close();
    Problems problems;
    io::check_report_file(path, problems);
    return problems;
  }
};

}  // namespace

TEST_CASE("right files have no problems") {
  CHECK(all(Nodes().check()).empty());
  CHECK(all(Edges().check()).empty());
  CHECK(all(Spikes().check()).empty());
  CHECK(all(Report().check()).empty());
  Edges libsonata;
  libsonata.index_name = "node_id_to_ranges";
  CHECK(all(libsonata.check()).empty());
}

TEST_CASE("all that is wrong with nodes is listed") {
  require_found(Nodes{.id = {0, -1, 2, 2}}.check(),
                {"node_id row 1 holds -1", "holds id 2 twice (rows 2 and 3)"});
  require_found(Nodes{.type = {5, 9, 6, 8}}.check(), {"row 1 names type 9", "row 3 names type 8"});
  require_found(Nodes{.x = {0, infinity, 2, -infinity}}.check(),
                {"0/x row 1 holds inf", "0/x row 3 holds -inf"});
  CHECK(Nodes{.x = {0, 1, 2, 3}}.check().notes.empty());
  CHECK_THAT(Nodes{}.check().notes.at(0),
             Catch::Contains("1 of 4 rows of") && Catch::Contains("0/x hold nan"));
  require_found(Nodes{.id = {0, 1, 2}}.check(), {"node_id has 3 entries"});
  require_found(Nodes{.row = {0, 1, 2, 4}}.check(), {"node_group_index row 3 holds 4"});
}

TEST_CASE("of many bad rows the first are told and the rest counted") {
  require_found(Nodes{.type = {1, 2, 3, 4}}.check(), {"row 0", "row 1", "row 2", "1 more rows"});
}

TEST_CASE("bad rows of a table of types are all listed") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "types.csv";
  std::ofstream(path) << "edge_type_id delay\n1 2\n1 3\nx 4\n5\n6 7\n";
  Problems problems;
  const auto table = io::TypeTable::read(path, "edge_type_id", &problems);
  CHECK(table.size() == 2);
  require_found(problems, {":3 gives edge_type_id 1 a second time", ":4 column edge_type_id holds 'x'",
                           ":5 has 1 cells"});
}

TEST_CASE("all that is wrong with edges is listed") {
  require_found(Edges{.source = {1, 2, 1, -1}}.check(),
                {"unknown node 2 in row 1", "negative id -1 in row 3"});
  require_found(Edges{.target = {0, 0, 1, 2}}.check(), {"unknown node 2 in row 3"});
  require_found(Edges{.type = {7, 9, 8, 10}}.check(),
                {"unknown edge type 9 in row 1", "unknown edge type 10 in row 3"});
  require_found(Edges{.group = {0, 1, 0, 0}}.check(), {"/edges/v1_to_v1/edge_group_id names it"});
  require_found(Edges{.row = {0, 1, 2, 4}}.check(), {"index 4 in row 3"});
  require_found(Edges{.weight = {1, nan_value, 3, infinity}}.check(),
                {"impossible value nan in row 1", "impossible value inf in row 3"});
  require_found(Edges{.delay = Values{1, 0, -1, 1}}.check(),
                {"impossible value 0 in row 1", "impossible value -1 in row 2"});
  require_found(Edges{.type = {7, 7, 8}}.check(), {"lengths must agree"});
}

TEST_CASE("indices must lead to each node's edges") {
  // Each table has the right shape; only comparing with the ids shows that these are wrong.
  require_found(Edges{.source_ranges = {0, 1, 3, 4, 1, 2, 2, 3}}.check(), {"row 0 of", "row 1 of"});
  require_found(Edges{.target_ranges = {0, 2, 2, 3}}.check(), {"row 1 of"});
  require_found(Edges{.target_nodes = {0, 1, 0, 0}}.check(), {"row 1 of"});
  require_found(Edges{.target_nodes = {0, 2}}.check(), {"node 1 in row 2", "node 1 in row 3"});
}

TEST_CASE("index ranges ascend, lie inside their tables and do not overlap") {
  require_found(Edges{.target_nodes = {0, 1, 1, 3}}.check(), {"is [1, 3)"});
  require_found(Edges{.target_nodes = {1, 0, 1, 2}}.check(), {"is [1, 0)"});
  require_found(Edges{.target_nodes = {0, 2, 1, 2}}.check(), {"overlap"});
  require_found(Edges{.target_ranges = {0, 2, 2, 5}}.check(), {"is [2, 5)"});
  require_found(Edges{.target_ranges = {0, 2, 4, 2}}.check(), {"is [4, 2)"});
}

TEST_CASE("unsorted targets are noted, not refused") {
  Edges edges{.target = {1, 0, 0, 1}};
  edges.target_nodes = {0, 1, 1, 3};
  edges.target_ranges = {1, 3, 0, 1, 3, 4};
  const auto problems = edges.check();
  CHECK(all(problems).empty());
  REQUIRE(problems.notes.size() == 1);
  CHECK_THAT(problems.notes[0], Catch::Contains("target_node_id is not sorted"));
}

TEST_CASE("all that is wrong with spikes is listed") {
  require_found(Spikes{.time = {-1, 1, nan_value}}.check(),
                {"impossible spike time -1 in row 0", "impossible spike time nan in row 2"});
  require_found(Spikes{.time = {0.5, 2, 1}}.check(), {"row 2 of"});
  require_found(Spikes{.id = {1, -2, 1}}.check(), {"negative id -2 in row 1"});
  require_found(Spikes{.id = {1, 1}}.check(), {"lengths must agree"});
  require_found(Spikes{.sorting = "by_id"}.check(), {"row 1 of"});
  require_found(Spikes{.units = "min"}.check(), {"unknown units 'min'"});
  require_found(Spikes().check({.population = "bkg"}), {"no spikes of population bkg"});
  CHECK(all(Spikes{.time = {0.5, 2, 1}, .sorting = "none"}.check()).empty());
}

TEST_CASE("spikes at time zero are refused as input only, and node ids looked up where known") {
  const Spikes spikes{.time = {0, 1, 2}};
  CHECK(all(spikes.check()).empty());
  require_found(spikes.check({.time_zero = io::TimeZero::refused}), {"impossible spike time 0 in row 0"});
  io::NodePopulation nodes;
  nodes.name = "lgn";
  nodes.node_id = io::NodeIds::counted(1);
  require_found(spikes.check({.nodes = &nodes}), {"unknown node 1 in row 0", "unknown node 1 in row 2"});
}

TEST_CASE("all that is wrong with a report is listed") {
  require_found(Report{.data = {1, nan_value, 3, 4, 5, infinity}}.check(),
                {"value nan in sample 0 element 1", "value inf in sample 2 element 1"});
  require_found(Report{.time = {0, 9, 0.25}, .ids = {4}}.check(),
                {"mapping/time speaks of 36", "index_pointers"});
  require_found(Report{.time = {0, 1, 0}}.check(), {"positive interval"});
  require_found(Report{.pointers = {0, 2, 1}}.check(), {"index_pointers"});
}

TEST_CASE("files that are absent, truncated or of another kind are one problem") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  Problems problems;
  io::check_edges_file(path, {}, problems);
  REQUIRE(problems.errors.size() == 1);
  CHECK(problems.code() == core::ExitCode::missing_input);
  Edges().write(path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  problems = {};
  io::check_edges_file(path, {}, problems);
  require_found(problems, {"truncated"});
}
