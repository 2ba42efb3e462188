// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/nodes.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <numeric>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using striate::io::NodeColumn;
using striate::io::NodePopulation;
using striate::io::read_node_populations;
using striate::test::TemporaryFolder;
namespace h5 = striate::io::h5;

namespace {

using U64 = std::vector<std::uint64_t>;
using I64 = std::vector<std::int64_t>;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

/// A nodes.h5 (and node_types.csv) written piece by piece.
struct NodesFile {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "nodes.h5";
  std::filesystem::path types = folder.path() / "types.csv";
  h5::File file = h5::File::create(path);

  NodesFile() {
    std::ofstream(types) << "node_type_id model_type pop_name size x\n"
                            "10 virtual e4 1.5 7\n"
                            "20 point_process i4 NULL 8\n";
  }
  template <class T>
  void add(const std::string& dataset, const std::vector<T>& values, h5::Storage storage = {}) {
    h5::write<T>(file, dataset, values, storage);
  }
  void add_texts(const std::string& dataset, const Texts& values) {
    const h5::Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    const hsize_t count = values.size();
    const h5::Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const h5::Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links.get(), 1);
    const h5::Handle set(
        H5Dcreate(file.id(), dataset.c_str(), type.get(), space.get(), links.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Dclose);
    std::vector<const char*> texts;
    for (const auto& value : values) texts.push_back(value.c_str());
    REQUIRE(H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) >= 0);
  }
  std::vector<NodePopulation> read(bool with_types = true) {
    file.close();
    io::NodesEntry entry{.nodes_file = path, .node_types_file = {}};
    if (with_types) entry.node_types_file = types;
    return read_node_populations({entry});
  }
};

bool same_numbers(const Numbers& a, const Numbers& b) {
  return std::ranges::equal(a, b,
                            [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

}  // namespace

TEST_CASE("a file as BMTK writes it: ids in order, one group, compressed") {
  NodesFile nodes;
  const h5::Storage gzip{.deflate = 4, .chunk_rows = 2};
  nodes.add<std::uint64_t>("/nodes/v1/node_id", {0, 1, 2}, gzip);
  nodes.add<std::uint64_t>("/nodes/v1/node_type_id", {20, 10, 20}, gzip);
  nodes.add<std::uint32_t>("/nodes/v1/node_group_id", {0, 0, 0}, gzip);
  nodes.add<std::uint64_t>("/nodes/v1/node_group_index", {0, 1, 2}, gzip);
  nodes.add<double>("/nodes/v1/0/x", {0.5, 1.5, 2.5}, gzip);
  const auto populations = nodes.read();
  REQUIRE(populations.size() == 1);
  const auto& v1 = populations[0];
  CHECK(v1.name == "v1");
  CHECK(v1.node_id == U64{0, 1, 2});
  CHECK((v1.node_type_id(0) == 20 && v1.node_type_id(1) == 10 && v1.node_type_id(2) == 20));
  CHECK(v1.type_row == std::vector<std::uint32_t>{1, 0, 1});
  CHECK(v1.index_by_id.empty());
  CHECK(v1.group_of.empty());
  CHECK(v1.index_of(2) == 2);
  CHECK_FALSE(v1.index_of(3).has_value());
  CHECK(v1.column("x") == NodeColumn(Numbers{0.5, 1.5, 2.5}));
  CHECK(v1.column("pop_name") == NodeColumn(Texts{"i4", "e4", "i4"}));
  CHECK(same_numbers(std::get<Numbers>(*v1.column("size")), {NAN, 1.5, NAN}));
  CHECK(v1.column("node_id") == NodeColumn(Numbers{0, 1, 2}));
  CHECK(v1.column("node_type_id") == NodeColumn(Numbers{20, 10, 20}));
  CHECK_FALSE(v1.column("nothing").has_value());
  CHECK(v1.text(1, "model_type") == "virtual");
  CHECK_FALSE(v1.text(0, "size").has_value());
  CHECK(v1.text(1, "x") == "1.5");
  CHECK(v1.text(1, "node_type_id") == "10");
  CHECK_FALSE(v1.text(1, "nothing").has_value());
  CHECK(v1.has_attribute("x"));
  CHECK_FALSE(v1.has_attribute("pop_name"));
  CHECK(v1.column_names() == Texts{"node_type_id", "model_type", "pop_name", "size", "x", "node_id"});
}

TEST_CASE("several groups: attributes go to their nodes, over the columns of the types") {
  NodesFile nodes;
  nodes.add<std::uint64_t>("/nodes/p/node_type_id", {10, 20, 10, 20});
  nodes.add<std::uint64_t>("/nodes/p/node_id", {40, 3, 0, 7});
  nodes.add<std::uint32_t>("/nodes/p/node_group_id", {0, 1, 0, 1});
  nodes.add<std::uint64_t>("/nodes/p/node_group_index", {1, 0, 0, 1});
  nodes.add<double>("/nodes/p/0/x", {100, 200});
  nodes.add<std::int64_t>("/nodes/p/0/only_0", {-1, -2});
  nodes.add<double>("/nodes/p/1/size", {5, 6});
  nodes.add_texts("/nodes/p/1/pop_name", {"own", "names"});
  nodes.add_texts("/nodes/p/1/tag", {"a", "b"});
  nodes.add<double>("/nodes/p/0/late", {1, 2.5});
  nodes.add_texts("/nodes/p/1/late", {"a", "b"});
  const auto p = nodes.read().at(0);
  CHECK(p.index_of(40) == 0);
  CHECK(p.index_of(7) == 3);
  CHECK_FALSE(p.index_of(1).has_value());
  CHECK(p.column("x") == NodeColumn(Numbers{200, 8, 100, 8}));
  CHECK(same_numbers(std::get<Numbers>(*p.column("only_0")), {-2, NAN, -1, NAN}));
  CHECK(p.column("size") == NodeColumn(Numbers{1.5, 5, 1.5, 6}));
  CHECK(p.column("pop_name") == NodeColumn(Texts{"e4", "own", "e4", "names"}));
  CHECK(p.column("tag") == NodeColumn(Texts{"", "a", "", "b"}));
  CHECK(p.column("late") == NodeColumn(Texts{"2.5", "a", "1", "b"}));
  CHECK(p.text(1, "pop_name") == "own");
  CHECK_FALSE(p.text(0, "tag").has_value());
}

TEST_CASE("a file as libsonata reads it: implicit ids, no group datasets, no types, enumerated texts") {
  NodesFile nodes;
  nodes.add<std::int64_t>("/nodes/All/node_type_id", {-1, -1, -1});
  nodes.add<double>("/nodes/All/0/x", {1, 2, 3});
  nodes.add<std::uint32_t>("/nodes/All/0/layer", {1, 0, 1});
  nodes.add_texts("/nodes/All/0/@library/layer", {"L4", "L5"});
  nodes.add_texts("/nodes/All/0/model_type", {"a", "b", "c"});
  nodes.add<double>("/nodes/All/0/dynamics_params/v", {1, 2, 3});
  for (const bool with_types : {false, true}) {
    const auto p = nodes.read(with_types).at(0);
    CHECK(p.node_id == U64{0, 1, 2});
    CHECK(p.type_row == std::vector<std::uint32_t>(3, NodePopulation::no_type_row));
    CHECK(p.column("layer") == NodeColumn(Texts{"L5", "L4", "L5"}));
    CHECK(p.column("node_type_id") == NodeColumn(Numbers{-1, -1, -1}));
    CHECK(p.text(2, "model_type") == "c");
    CHECK(p.text(2, "node_type_id") == "-1");
    CHECK_FALSE(p.text(0, "pop_name").has_value());
    CHECK_FALSE(p.column("dynamics_params").has_value());
  }
}

TEST_CASE("one group whose rows are in another order than the nodes") {
  NodesFile nodes;
  nodes.add<std::uint64_t>("/nodes/p/node_type_id", {10, 10});
  nodes.add<std::uint64_t>("/nodes/p/node_group_index", {2, 0});
  nodes.add<double>("/nodes/p/3/y", {1, 2, 3});
  CHECK(nodes.read().at(0).column("y") == NodeColumn(Numbers{3, 1}));
}

TEST_CASE("populations come alphabetically, empty ones and booleans included") {
  NodesFile nodes;
  nodes.add<std::uint64_t>("/nodes/b/node_type_id", {10});
  nodes.add<std::uint64_t>("/nodes/a/node_type_id", {});
  h5::create_group(nodes.file, "/nodes/b/0");
  std::int8_t member = 0;  // h5py stores booleans as an enumeration of bytes
  const h5::Handle type(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
  H5Tenum_insert(type.get(), "FALSE", &member);
  H5Tenum_insert(type.get(), "TRUE", &++member);
  const hsize_t count = 1;
  {
    const h5::Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const h5::Handle set(H5Dcreate(nodes.file.id(), "/nodes/b/0/core", type.get(), space.get(), H5P_DEFAULT,
                                   H5P_DEFAULT, H5P_DEFAULT),
                         H5Dclose);
    H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &member);
  }
  const auto populations = nodes.read();
  REQUIRE(populations.size() == 2);
  CHECK(populations[0].name == "a");
  CHECK(populations[0].size() == 0);
  CHECK(populations[0].column("pop_name") == NodeColumn(Texts{}));
  CHECK(populations[1].column("core") == NodeColumn(Numbers{1}));
}

TEST_CASE("node files that contradict themselves are refused") {
  NodesFile nodes;
  const std::string root = "/nodes/p/";
  const auto refused_with = [&](const std::string& text) { CHECK_THROWS_WITH(nodes.read(), Contains(text)); };
  SECTION("nothing at all") {
    refused_with("no group");
  }
  SECTION("no population") {
    h5::create_group(nodes.file, "/nodes");
    refused_with("no population");
  }
  SECTION("no types") {
    nodes.add<std::uint64_t>(root + "node_id", {0});
    refused_with("nodes.h5:/nodes/p/node_type_id");
  }
  SECTION("a length that differs") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10, 10});
    nodes.add<std::uint64_t>(root + "node_id", {0, 1, 2});
    refused_with("/nodes/p/node_id has 3 entries");
  }
  SECTION("an id twice") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10, 10, 10});
    nodes.add<std::uint64_t>(root + "node_id", {0, 5, 0});
    refused_with("holds id 0 twice (rows 0 and 2)");
  }
  SECTION("a negative id") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10, 10});
    nodes.add<std::int64_t>(root + "node_id", {0, -1});
    refused_with("/nodes/p/node_id row 1 holds -1");
  }
  SECTION("an id beyond 63 bits") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10});
    nodes.add<std::uint64_t>(root + "node_id", {1ull << 63});
    refused_with("/nodes/p/node_id row 0");
  }
  SECTION("a type without row") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10, 30});
    refused_with("/nodes/p/node_type_id row 1 names type 30");
  }
  SECTION("a type of a wrong kind") {
    nodes.add<double>(root + "node_type_id", {10});
    refused_with("wrong type");
  }
  SECTION("a group that is not there") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10, 10});
    nodes.add<std::uint32_t>(root + "node_group_id", {0, 1});
    nodes.add<double>(root + "0/x", {1, 2});
    refused_with("row 1 names group 1");
  }
  SECTION("a row beyond its group") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10, 10});
    nodes.add<std::uint64_t>(root + "node_group_index", {0, 2});
    nodes.add<double>(root + "0/x", {1, 2});
    refused_with("/nodes/p/node_group_index row 1 holds 2");
  }
  SECTION("a negative row") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10});
    nodes.add<std::int64_t>(root + "node_group_index", {-1});
    nodes.add<double>(root + "0/x", {1});
    refused_with("row 0 holds -1");
  }
  SECTION("fewer attributes than nodes") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10, 10});
    nodes.add<double>(root + "0/x", {1});
    refused_with("group /nodes/p/0 has 1 rows");
  }
  SECTION("attributes of different lengths") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10});
    nodes.add<double>(root + "0/x", {1});
    nodes.add<double>(root + "0/y", {1, 2});
    refused_with("/nodes/p/0/y has 2 entries");
  }
  SECTION("two groups without references") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10});
    nodes.add<double>(root + "0/x", {1});
    nodes.add<double>(root + "1/x", {1});
    refused_with("/nodes/p/node_group_id");
  }
  SECTION("an enumerated text out of range") {
    nodes.add<std::uint64_t>(root + "node_type_id", {10});
    nodes.add<std::uint32_t>(root + "0/layer", {2});
    nodes.add_texts(root + "0/@library/layer", {"L4", "L5"});
    CHECK_THROWS_WITH(nodes.read().at(0).column("layer"), Contains("layer holds 2"));
  }
}

TEST_CASE("a population may only occur once in a network") {
  NodesFile nodes;
  nodes.add<std::uint64_t>("/nodes/p/node_type_id", {10});
  nodes.file.close();
  const io::NodesEntry entry{.nodes_file = nodes.path, .node_types_file = {}};
  CHECK_THROWS_AS(read_node_populations({entry, entry}), core::ConfigError);
  CHECK_THROWS_AS(read_node_populations({{.nodes_file = "/no/such.h5", .node_types_file = {}}}),
                  core::MissingFileError);
}

TEST_CASE("the network made with BMTK has the nodes that pandas counts") {
  const auto config = io::load_sonata_config(STRIATE_TEST_DATA "/tiny/configs/config_plain.json");
  const auto populations = read_node_populations(config.nodes);
  REQUIRE(populations.size() == 3);
  const auto& v1 = populations[0];
  CHECK(v1.name == "v1");
  CHECK(v1.size() == 1141);
  CHECK(populations[1].size() == 696);
  CHECK(populations[2].size() == 100);
  CHECK(v1.text(0, "model_template") == "nest:glif_psc_double_alpha");
  CHECK(std::get<Numbers>(*v1.column("tuning_angle")).size() == 1141);
  CHECK(std::get<Texts>(*v1.column("pop_name")).front() == "i1Htr3a");
}
