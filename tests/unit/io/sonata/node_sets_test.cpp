// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/node_sets.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/node_predicate.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using striate::io::Json;
using striate::io::NodePopulation;
using striate::io::NodeSets;
using striate::test::TemporaryFolder;

namespace {

using Nodes = std::vector<std::uint32_t>;

/// Two populations: v1 (ids 10, 11, 12, 13; types e4 i4 e4 e5; x 0 1 2 3) and lgn (ids 0, 1; one type).
struct TwoPopulations {
  TemporaryFolder folder;
  std::vector<NodePopulation> populations;

  TwoPopulations() {
    const auto nodes = folder.path() / "nodes.h5", types = folder.path() / "types.csv";
    std::ofstream(types) << "node_type_id pop_name ei layer\n1 e4 e 4\n2 i4 i 4\n3 e5 e 5\n4 sON NULL NULL\n";
    auto file = io::h5::File::create(nodes);
    const std::vector<std::uint64_t> ids{10, 11, 12, 13}, type_ids{1, 2, 1, 3}, lgn_types{4, 4};
    const std::vector<double> x{0, 1, 2, 3};
    io::h5::write<std::uint64_t>(file, "/nodes/v1/node_id", ids);
    io::h5::write<std::uint64_t>(file, "/nodes/v1/node_type_id", type_ids);
    io::h5::write<double>(file, "/nodes/v1/0/x", x);
    io::h5::write<std::uint64_t>(file, "/nodes/lgn/node_type_id", lgn_types);
    file.close();
    populations = io::read_node_populations({{.nodes_file = nodes, .node_types_file = types}});
    std::swap(populations[0], populations[1]);  // v1 first
  }

  NodeSets sets(const std::string& definitions) const {
    io::SonataConfig config;
    config.file = "run.json";
    config.document = Json::object({{"node_sets", Json::parse(definitions)}});
    return NodeSets::load(config);
  }
  std::vector<io::NodeSelection> select(const std::string& set, const std::string& definitions = "{}") const {
    return sets(definitions).resolve(Json::parse(set), populations, "run.json:/inputs/x/node_set");
  }
  /// Members of v1; nothing else may be selected.
  Nodes v1(const std::string& set, const std::string& definitions = "{}") const {
    const auto selections = select(set, definitions);
    if (selections.empty()) return {};
    CHECK(selections.size() == 1);
    CHECK(selections[0].population == 0);
    return selections[0].nodes;
  }
};

}  // namespace

TEST_CASE_METHOD(TwoPopulations, "population names and all are node sets of their own") {
  CHECK(v1(R"("v1")") == Nodes{0, 1, 2, 3});
  const auto lgn = select(R"("lgn")");
  REQUIRE(lgn.size() == 1);
  CHECK(lgn[0].population == 1);
  CHECK(lgn[0].nodes == Nodes{0, 1});
  const auto all = select(R"("all")");
  REQUIRE(all.size() == 2);
  CHECK(all[0].nodes == Nodes{0, 1, 2, 3});
  CHECK(all[1].nodes == Nodes{0, 1});
  CHECK(select("{}").size() == 2);
}

TEST_CASE_METHOD(TwoPopulations, "keys of a rule are joined by AND, listed values by OR") {
  CHECK(v1(R"({"ei": "e"})") == Nodes{0, 2, 3});
  CHECK(v1(R"({"ei": "e", "layer": 4})") == Nodes{0, 2});
  CHECK(v1(R"({"ei": "e", "layer": [4, 5], "x": [0, 3, 7]})") == Nodes{0, 3});
  CHECK(v1(R"({"pop_name": ["i4", "e5"]})") == Nodes{1, 3});
  CHECK(v1(R"({"layer": "5"})") == Nodes{3});
  CHECK(v1(R"({"node_type_id": [1, "3"]})") == Nodes{0, 2, 3});
  CHECK(v1(R"({"ei": []})").empty());
  CHECK(v1(R"({"ei": "x"})").empty());
  CHECK(v1(R"({"x": true})") == Nodes{1});
}

TEST_CASE_METHOD(TwoPopulations, "explicit ids may be a list or one id and must exist") {
  CHECK(v1(R"({"population": "v1", "node_id": [13, 10, 13]})") == Nodes{0, 3});
  CHECK(v1(R"({"population": "v1", "node_ids": 11})") == Nodes{1});
  CHECK(v1(R"({"node_id": 12, "ei": "e"})") == Nodes{2});
  CHECK(v1(R"({"node_id": []})").empty());
  CHECK(v1(R"({"node_id": {"$gt": 10, "$lte": 12}})") == Nodes{1, 2});
  const auto both = select(R"({"node_id": [0, 10]})");
  REQUIRE(both.size() == 2);
  CHECK(both[0].nodes == Nodes{0});
  CHECK(both[1].nodes == Nodes{0});
  CHECK_THROWS_WITH(v1(R"({"population": "v1", "node_id": [10, 14]})"),
                    Contains("run.json:/inputs/x/node_set/node_id") && Contains("node id 14") &&
                        Contains("v1 with 4 nodes"));
  CHECK_THROWS_WITH(v1(R"({"population": "v1", "node_id": 9})"), Contains("node id 9"));
  for (const char* id : {"-1", "10.0", "\"10\"", "null", "[10]"})
    CHECK_THROWS_WITH(v1(R"({"node_id": [)" + std::string(id) + "]}"), Contains("needed are node ids"));
}

TEST_CASE_METHOD(TwoPopulations, "population restricts a rule and must exist") {
  CHECK(v1(R"({"population": "v1"})") == Nodes{0, 1, 2, 3});
  CHECK(select(R"({"population": ["lgn", "v1"]})").size() == 2);
  CHECK(select(R"({"populations": ["lgn"]})").at(0).population == 1);
  CHECK(select(R"({"population": []})").empty());
  CHECK_THROWS_WITH(v1(R"({"population": "V1"})"), Contains("/population") && Contains("there are v1, lgn"));
  CHECK_THROWS_WITH(v1(R"({"population": 1})"), Contains("names of populations"));
  CHECK_THROWS_WITH(v1(R"({"population": "lgn", "x": 1})"), Contains("/x is no column"));
}

TEST_CASE_METHOD(TwoPopulations, "operators compare numbers and match texts") {
  CHECK(v1(R"({"x": {"$gt": 1}})") == Nodes{2, 3});
  CHECK(v1(R"({"x": {"$gte": 1, "$lt": 3}})") == Nodes{1, 2});
  CHECK(v1(R"({"x": {"$lte": 0}})") == Nodes{0});
  CHECK(v1(R"({"layer": {"$gt": 4}})") == Nodes{3});
  CHECK(v1(R"({"pop_name": {"$regex": "^e[45]$"}})") == Nodes{0, 2, 3});
  CHECK(v1(R"({"pop_name": {"$regex": "4"}})") == Nodes{0, 1, 2});
  CHECK_THROWS_WITH(v1(R"({"x": {"$regex": "1"}})"), Contains("is for texts"));
  CHECK_THROWS_WITH(v1(R"({"pop_name": {"$gt": 1}})"), Contains("the column holds texts"));
  CHECK_THROWS_WITH(v1(R"({"x": "one"})"), Contains("/x asks for \"one\""));
  CHECK_THROWS_WITH(v1(R"({"x": {"$gt": "1"}})"), Contains("/x/$gt"));
  CHECK_THROWS_WITH(v1(R"({"x": {"$greater": 1}})"), Contains("no operator $greater"));
  CHECK_THROWS_WITH(v1(R"({"x": {}})"), Contains("is empty"));
  CHECK_THROWS_WITH(v1(R"({"pop_name": {"$regex": "("}})"), Contains("no regular expression"));
  CHECK_THROWS_WITH(v1(R"({"pop_name": {"$regex": ")" + std::string(20'000, '(') + R"("}})"),
                    Contains("no regular expression"));
  CHECK_THROWS_WITH(v1(R"({"x": [[1]]})"), Contains("/x holds [1]"));
  CHECK_THROWS_WITH(v1(R"({"x": null})"), Contains("/x holds null"));
}

TEST_CASE_METHOD(TwoPopulations, "compound sets join sets, names and the automatic ones") {
  const std::string definitions = R"({"e4": {"pop_name": "e4"}, "i": {"ei": "i"}, "l4": ["e4", "i"],
    "twice": ["l4", "e4", "l4"], "with_lgn": ["i", "lgn"], "odd": ["e4", 5]})";
  CHECK(v1(R"("l4")", definitions) == Nodes{0, 1, 2});
  CHECK(v1(R"("twice")", definitions) == Nodes{0, 1, 2});
  CHECK(v1(R"(["i", "e4"])", definitions) == Nodes{0, 1, 2});
  CHECK(select(R"("with_lgn")", definitions).size() == 2);
  CHECK_THROWS_WITH(v1(R"("odd")", definitions), Contains("run.json:/node_sets/odd lists 5"));
  CHECK_THROWS_WITH(v1(R"("e44")", definitions), Contains("node set e44") && Contains("did you mean e4?"));
  CHECK_THROWS_WITH(v1("5", definitions), Contains("run.json:/inputs/x/node_set = 5"));
}

TEST_CASE_METHOD(TwoPopulations, "compound sets that contain one another are refused, many paths are quick") {
  CHECK_THROWS_WITH(v1(R"("a")", R"({"a": ["b"], "b": ["c"], "c": ["a"]})"), Contains("a > b > c > a"));
  CHECK_THROWS_WITH(v1(R"("a")", R"({"a": ["a"]})"), Contains("a > a"));
  std::string doubling = R"({"s0": {"ei": "i"})", deep = doubling;
  for (int i = 1; i <= 100; ++i) {
    doubling += i > 60 ? "" : fmt::format(R"(, "s{0}": ["s{1}", "s{1}"])", i, i - 1);
    deep += fmt::format(R"(, "s{}": ["s{}"])", i, i - 1);
  }
  CHECK(v1(R"("s60")", doubling + "}") == Nodes{1});
  CHECK(v1(R"("s99")", deep + "}") == Nodes{1});
  CHECK_THROWS_WITH(v1(R"("s100")", deep + "}"), Contains("more than 100 node sets"));
}

TEST_CASE_METHOD(TwoPopulations, "a set the user defined wins over the automatic one of that name") {
  CHECK(v1(R"("lgn")", R"({"lgn": {"ei": "i"}})") == Nodes{1});
  CHECK(v1(R"("all")", R"({"all": {"population": "v1"}})") == Nodes{0, 1, 2, 3});
}

TEST_CASE_METHOD(TwoPopulations, "definitions come from the config, else from node_sets_file") {
  const auto path = folder.path() / "sets.json";
  std::ofstream(path) << R"({"mine": {"ei": "i"}, "bad": {"eii": "i"}})";
  io::SonataConfig config;
  config.file = "run.json";
  config.document = Json::object({{"node_sets_file", path.string()}});
  const auto sets = NodeSets::load(config);
  CHECK(sets.resolve("mine", populations, "here").at(0).nodes == Nodes{1});
  CHECK_THROWS_WITH(sets.resolve("bad", populations, "here"),
                    Contains("sets.json:/bad/eii is no column") && Contains("did you mean ei?"));
  config.document["node_sets"] = Json::object();
  CHECK_THROWS_WITH(NodeSets::load(config).resolve("mine", populations, "here"),
                    Contains("here names node set mine"));
  config.document = Json::object({{"node_sets_file", "/no/such.json"}});
  CHECK_THROWS_AS(NodeSets::load(config), core::MissingFileError);
  CHECK_THROWS_WITH(this->sets(R"({"a": "b"})"), Contains("run.json:/node_sets/a"));
  CHECK_THROWS_WITH(this->sets("[1]"), Contains("run.json:/node_sets is a list"));
  config.document = Json::object();
  CHECK_NOTHROW(NodeSets::load(config));
}

TEST_CASE("node sets of configs made for BMTK have the members that pandas finds") {
  const auto configs = std::filesystem::path(STRIATE_TEST_DATA "/tiny/configs");
  const auto clamp = io::load_sonata_config(configs / "config_clamp.json");
  const auto populations = io::read_node_populations(clamp.nodes);
  const auto sets = NodeSets::load(clamp);
  const auto sum = [&](const auto& selections) {
    REQUIRE(selections.size() == 1);
    CHECK(selections[0].population == 0);
    std::uint64_t total = 0;
    for (const auto node : selections[0].nodes) total += node;
    return std::pair(selections[0].nodes.size(), total);
  };
  CHECK(sum(sets.resolve("pv_cells", populations, "")) == std::pair<std::size_t, std::uint64_t>{70, 50773});
  CHECK(sum(sets.resolve("l4_cells", populations, "")) == std::pair<std::size_t, std::uint64_t>{296, 137492});
  const auto report = io::load_sonata_config(configs / "config_report.json");
  const Json& reports = report.document["reports"];
  CHECK(sum(sets.resolve(reports["v"]["cells"], populations, "")) ==
        std::pair<std::size_t, std::uint64_t>{49, 40915});
  CHECK(sum(sets.resolve(reports["i"]["cells"], populations, "")) ==
        std::pair<std::size_t, std::uint64_t>{12, 66});
}

TEST_CASE("Patterns take time in proportion to the texts, and no stack") {
  const auto matches = [](const std::string& pattern, const std::string& text) {
    const io::NodePredicate predicate(io::Json{{"$regex", pattern}}, "here");
    return predicate.matches(std::vector<std::string>{text}).front() != 0;
  };
  const std::string many(40, 'a');
  CHECK_FALSE(matches("^(a+)+b$", many));  // by trying all ways it would take hours
  CHECK(matches("^(a+)+b$", many + "b"));
  CHECK_FALSE(matches("^(a|aa)+$", many + "!"));
  CHECK(matches("^a*$", std::string(200'000, 'a')));  // a recursion for each letter would need megabytes
}
