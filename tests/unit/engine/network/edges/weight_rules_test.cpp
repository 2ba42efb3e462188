// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/edges/weight_rules.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using engine::EdgeResolver;
using engine::WeightFunction;
namespace h5 = io::h5;

namespace {

using Ids = std::vector<std::uint64_t>;
using Values = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::nan("");
const core::TimeGrid grid = core::make_time_grid(0.25, "test");

const std::string type_header =
    "edge_type_id model_template dynamics_params weight_function syn_weight delay nsyns";

struct Edges {
  Ids source{0, 1, 2, 0}, target{0, 0, 1, 1}, type{7, 7, 8, 8};
  std::optional<Values> weight, delay, nsyns;
  bool float_weights = false;
};

/// A network of two populations with three and two nodes on disk.
class WeighedNetwork {
 public:
  explicit WeighedNetwork(const Edges& edges, const std::string& types, const Ids& target_ids = {0, 1}) {
    add("exc_to_pv.json", R"({"receptor_type": 6})");
    add("pv_to_pv.json", R"({"receptor_type": 1})");
    add("node_types.csv",
        "node_type_id model_type pop_name ei\n1 virtual LGN_on e\n2 virtual LGN_off NULL\n");
    add("edge_types.csv", types);
    write_nodes("lgn", {0, 1, 2}, {1, 2, 1});
    write_nodes("v1", target_ids, {2, 1});
    write_edges(edges);
    populations_ = io::read_node_populations({{folder_.path() / "lgn.h5", folder_.path() / "node_types.csv"},
                                              {folder_.path() / "v1.h5", folder_.path() / "node_types.csv"}});
    edges_.emplace(folder_.path() / "edges.h5", "lgn_to_v1");
  }
  void add(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
  }
  std::vector<engine::EdgeType> types() const {
    return engine::read_edge_types(table(), engine::ReceptorPorts(folder_.path()));
  }
  io::TypeTable table() const {
    return io::TypeTable::read(folder_.path() / "edge_types.csv", "edge_type_id");
  }
  EdgeResolver resolver(const std::vector<engine::ModfileRow>& modfile = {}) const {
    return EdgeResolver(*edges_, table(), types(), populations_[0], populations_[1], grid, modfile);
  }
  std::vector<engine::ResolvedEdge> resolve(const std::vector<engine::ModfileRow>& modfile = {}) const {
    auto all = resolver(modfile);
    all.find_modifications({});
    return all.resolve(edges_->read(0, edges_->size()));
  }
  Values weights(const std::vector<engine::ModfileRow>& modfile = {}) const {
    Values result;
    for (const auto& edge : resolve(modfile)) result.push_back(edge.weight);
    return result;
  }
  const io::EdgePopulation& edges() const { return *edges_; }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  void write_nodes(const std::string& name, const Ids& ids, const Ids& types) const {
    auto file = h5::File::create(folder_.path() / (name + ".h5"));
    const auto root = "/nodes/" + name + "/";
    Ids rows;
    Values angle, x, z;
    for (std::uint64_t i = 0; i < ids.size(); ++i) {
      rows.push_back(i);
      angle.push_back(name == "v1" ? 40.0 + 100.0 * static_cast<double>(i)
                                   : 350.0 - 30.0 * static_cast<double>(i));
      x.push_back(static_cast<double>(10 * i) + (name == "v1" ? 5.0 : 0.0));
      z.push_back(-static_cast<double>(7 * i));
    }
    h5::write<std::uint64_t>(file, root + "node_id", ids);
    h5::write<std::uint64_t>(file, root + "node_type_id", types);
    h5::write<std::uint64_t>(file, root + "node_group_id", Ids(ids.size(), 0));
    h5::write<std::uint64_t>(file, root + "node_group_index", rows);
    h5::write<double>(file, root + "0/tuning_angle", angle);
    h5::write<double>(file, root + "0/x", x);
    h5::write<double>(file, root + "0/z", z);
    file.close();
  }
  void write_edges(const Edges& edges) const {
    auto file = h5::File::create(folder_.path() / "edges.h5");
    const std::string root = "/edges/lgn_to_v1/";
    h5::write<std::uint64_t>(file, root + "source_node_id", edges.source);
    h5::write<std::uint64_t>(file, root + "target_node_id", edges.target);
    h5::write_attribute(file, root + "source_node_id", "node_population", "lgn");
    h5::write_attribute(file, root + "target_node_id", "node_population", "v1");
    h5::write<std::uint64_t>(file, root + "edge_type_id", edges.type);
    Ids rows;
    for (std::uint64_t i = 0; i < edges.source.size(); ++i) rows.push_back(i);
    h5::write<std::uint64_t>(file, root + "edge_group_id", Ids(edges.source.size(), 0));
    h5::write<std::uint64_t>(file, root + "edge_group_index", rows);
    h5::create_group(file, root + "0");
    if (edges.weight && edges.float_weights)
      h5::write<float>(file, root + "0/syn_weight",
                       std::vector<float>(edges.weight->begin(), edges.weight->end()));
    else if (edges.weight)
      h5::write<double>(file, root + "0/syn_weight", *edges.weight);
    if (edges.delay) h5::write<double>(file, root + "0/delay", *edges.delay);
    if (edges.nsyns) h5::write<double>(file, root + "0/nsyns", *edges.nsyns);
    file.close();
  }

  test::TemporaryFolder folder_;
  std::vector<io::NodePopulation> populations_;
  std::optional<io::EdgePopulation> edges_;
};

std::string table_of(const std::vector<std::string>& rows) {
  std::string text = type_header + "\n";
  for (const auto& row : rows) text += row + "\n";
  return text;
}

/// Types 7 and 8 with the same columns behind the model.
std::string two_types(const std::string& columns) {
  return table_of(
      {"7 static_synapse exc_to_pv.json " + columns, "8 nest:static_synapse pv_to_pv.json " + columns});
}

std::vector<engine::EdgeType> read_types(const std::string& csv) {
  return WeighedNetwork(Edges{}, csv).types();
}

void check_config_error(const std::string& csv, const std::string& text) {
  INFO(csv);
  CHECK_THROWS_AS(read_types(csv), core::ConfigError);
  CHECK_THROWS_WITH(read_types(csv), Catch::Contains(text));
}

}  // namespace

TEST_CASE("edge types are read with port, function and values") {
  const auto types = read_types(table_of({"7 static_synapse exc_to_pv.json weight_function_bkg 9.5 1.7 NULL",
                                          "9 nest:static_synapse pv_to_pv.json NULL NULL NULL 3"}));
  REQUIRE(types.size() == 2);
  CHECK(types[0].id == 7);
  CHECK(types[0].port == 5);
  CHECK(types[0].weight_function == WeightFunction::modifiable);
  CHECK(types[0].syn_weight == 9.5);
  CHECK(types[0].delay_ms == 1.7);
  CHECK_FALSE(types[0].nsyns);
  CHECK(types[0].modifications.empty());
  CHECK(types[1].port == 0);
  CHECK(types[1].weight_function == WeightFunction::none);
  CHECK_FALSE(types[1].syn_weight);
  CHECK(types[1].nsyns == 3.0);
}

TEST_CASE("every weight function has its name") {
  const std::pair<const char*, WeightFunction> names[] = {
      {"weight_function_recurrent", WeightFunction::modifiable},
      {"weight_function_lgn", WeightFunction::modifiable},
      {"weight_function_bkg", WeightFunction::modifiable},
      {"ConstantMultiplier_LGN", WeightFunction::constant_multiplier},
      {"ConstantMultiplier_BKG", WeightFunction::constant_multiplier},
      {"default_weight_fnc", WeightFunction::per_synapse},
      {"set_syn_weight", WeightFunction::per_synapse},
      {"wmax", WeightFunction::per_synapse}};
  for (const auto& [name, function] : names)
    CHECK(read_types(two_types(std::string(name) + " 1 1 1"))[0].weight_function == function);
}

TEST_CASE("edge types that NEST could not build are refused") {
  check_config_error(two_types("Wmax 1 1 1"), "Wmax");
  check_config_error(table_of({"7 stdp_synapse exc_to_pv.json NULL 1 1 1"}), "stdp_synapse");
  check_config_error(table_of({"7 NULL exc_to_pv.json NULL 1 1 1"}), "model_template");
  check_config_error(table_of({"7 static_synapse NULL NULL 1 1 1"}), "dynamics_params");
  check_config_error("edge_type_id model_template\n7 static_synapse\n", "dynamics_params");
  CHECK_THROWS_AS(read_types(table_of({"7 static_synapse absent.json NULL 1 1 1"})), core::MissingFileError);
  CHECK_THROWS_AS(read_types(two_types("NULL heavy 1 1")), core::FormatError);
}

TEST_CASE("synapse parameter files hold a receptor and nothing else") {
  const WeighedNetwork network(Edges{}, two_types("NULL 1 1 1"));
  const std::pair<const char*, bool> cases[] = {{R"({"receptor_type": 1})", true},
                                                {R"({"receptor_type": 65535})", true},
                                                {R"({"receptor_type": 0})", false},
                                                {R"({"receptor_type": -1})", false},
                                                {R"({"receptor_type": 65536})", false},
                                                {R"({"receptor_type": 1.5})", false},
                                                {R"({"receptor_type": "1"})", false},
                                                {R"({"receptor_type": 1, "tau": 2})", false},
                                                {R"({})", false},
                                                {R"([1])", false},
                                                {R"({"receptor_type": )", false}};
  for (const auto& [text, good] : cases) {
    INFO(text);
    network.add("exc_to_pv.json", text);
    if (good)
      CHECK_NOTHROW(network.types());
    else
      CHECK_THROWS_AS(network.types(), core::ConfigError);
  }
}

TEST_CASE("lists in weight_sigma matter only to the direction rules") {
  const std::string header = "edge_type_id model_template dynamics_params weight_function weight_sigma\n7 ";
  const std::string row = "static_synapse exc_to_pv.json ";
  CHECK_NOTHROW(read_types(header + row + "weight_function_lgn \"[0.0, 150.0]\"\n"));
  CHECK_THROWS_AS(read_types(header + row + "DirectionRule_EE \"[0.0, 150.0]\"\n"), core::FormatError);
  CHECK_THROWS_AS(read_types(header + row + "DirectionRule_EE 0.0\n"), core::ConfigError);
  CHECK_THROWS_AS(read_types(header + row + "DirectionRule_EE NULL\n"), core::ConfigError);
  CHECK(read_types(header + row + "DirectionRule_EE 90.0\n")[0].weight_sigma == 90.0);
  CHECK_THROWS_AS(read_types(two_types("DirectionRule_others 1 1 1")), core::ConfigError);
}

TEST_CASE("an edge takes its values from h5 over CSV over the defaults") {
  Edges edges;
  const auto csv = two_types("NULL 2.5 1.7 4");
  CHECK(WeighedNetwork(edges, csv).weights() == Values(4, 10.0));
  edges.weight = Values{1.0, 2.0, 3.0, -4.0};
  CHECK(WeighedNetwork(edges, csv).weights() == Values{4.0, 8.0, 12.0, -16.0});
  edges.nsyns = Values{1.0, 2.0, 1.0, 3.0};
  CHECK(WeighedNetwork(edges, csv).weights() == Values{1.0, 4.0, 3.0, -12.0});
  CHECK(WeighedNetwork(edges, two_types("NULL NULL 1 NULL")).weights() == Values{1.0, 4.0, 3.0, -12.0});
  edges.nsyns.reset();
  const std::string bare =
      "edge_type_id model_template dynamics_params\n7 static_synapse exc_to_pv.json\n"
      "8 static_synapse pv_to_pv.json\n";
  CHECK(WeighedNetwork(edges, bare).weights() == Values{1.0, 2.0, 3.0, -4.0});

  const auto resolved = WeighedNetwork(edges, csv).resolve();
  CHECK(resolved[2].source == 2);
  CHECK(resolved[2].target == 1);
  CHECK(resolved[1].port == 5);
  CHECK(resolved[2].port == 0);
  CHECK(resolved[0].delay == 7);
  CHECK(WeighedNetwork(edges, bare).resolve()[0].delay == 4);
  edges.delay = Values{0.88, 1.125, 2.92, 0.125};
  const auto delayed = WeighedNetwork(edges, csv).resolve();
  CHECK(delayed[0].delay == 4);
  CHECK(delayed[1].delay == 5);
  CHECK(delayed[2].delay == 12);
  CHECK(delayed[3].delay == 1);
}

TEST_CASE("a value that a table announces and does not give is missing, not the default") {
  Edges edges;
  edges.weight = Values(4, 1.0);
  const auto refused = [&](const std::string& types, const std::string& text) {
    CHECK_THROWS_AS(WeighedNetwork(edges, types).resolve(), core::FormatError);
    CHECK_THROWS_WITH(WeighedNetwork(edges, types).resolve(),
                      Catch::Contains(text) && Catch::Contains("type 7"));
  };
  for (const std::string absent : {"NULL", "nan", "NaN", "\"\""}) {
    refused(two_types("NULL 1 " + absent + " 1"), "missing delay");
    refused(two_types("NULL 1 1 " + absent), "missing nsyns");
  }
  CHECK_NOTHROW(WeighedNetwork(edges, two_types("NULL NULL 1 1")).resolve());  // edges have weights
  CHECK_NOTHROW(
      WeighedNetwork(edges, two_types("weight_function_lgn 1 1 NULL")).resolve());  // does not count there
  edges.delay = Values(4, 1.0);
  edges.nsyns = Values(4, 1.0);
  CHECK_NOTHROW(WeighedNetwork(edges, two_types("NULL NULL NULL NULL")).resolve());
}

TEST_CASE("rows of a modfile that change nothing are known") {
  const WeighedNetwork network(Edges{}, two_types("weight_function_lgn 1 1 1"));
  const auto row = [](const std::string& source) {
    return engine::ModfileRow{"pop_name", source, "pop_name", "LGN", '*', 2};
  };
  auto resolver = network.resolver({row("LGN_on"), row("LGN_On"), row("off")});
  resolver.find_modifications({});
  std::vector<bool> used(3, false);
  resolver.mark_used_rows(used);
  CHECK(used == std::vector<bool>{true, false, false});
}

TEST_CASE("weight functions differ in their use of nsyns") {
  Edges edges;
  edges.weight = Values{1.0, 2.0, 3.0, -4.0};
  edges.nsyns = Values{2.0, 2.0, 5.0, 5.0};
  for (const std::string name : {"weight_function_lgn", "ConstantMultiplier_LGN"})
    CHECK(WeighedNetwork(edges, two_types(name + " 9 1 9")).weights() == Values{1.0, 2.0, 3.0, -4.0});
  CHECK(WeighedNetwork(edges, two_types("wmax 9 1 9")).weights() == Values{2.0, 4.0, 15.0, -20.0});
  edges.nsyns.reset();
  CHECK(WeighedNetwork(edges, two_types("wmax 9 1 3")).weights() == Values{3.0, 6.0, 9.0, -12.0});
  CHECK_THROWS_AS(WeighedNetwork(edges, two_types("wmax 9 1 NULL")).weights(), core::FormatError);
}

TEST_CASE("direction rules compare angles and positions") {
  Edges edges;
  edges.weight = Values(4, 2.0);
  edges.nsyns = Values{1.0, 1.0, 1.0, 3.0};
  const auto csv = [](const std::string& function) {
    return "edge_type_id model_template dynamics_params weight_function weight_sigma\n7 static_synapse "
           "exc_to_pv.json " +
           function + " 50\n8 static_synapse exc_to_pv.json " + function + " 80\n";
  };
  // Source angles 350, 320, 290; target angles 40, 140. By hand: differences 50, 80, 150, 150.
  const Values others{2.0 * std::exp(-1.0), 2.0 * std::exp(-2.56), 2.0 * std::exp(-3.515625),
                      6.0 * std::exp(-3.515625)};
  const auto weights = WeighedNetwork(edges, csv("DirectionRule_others")).weights();
  for (std::size_t i = 0; i < 4; ++i) CHECK(weights[i] == Approx(others[i]).epsilon(1e-14));

  // Positions: sources x 0, 10, 20 and z 0, -7, -14; targets x 5, 15 and z 0, -7.
  const auto phase = [](double dx, double dz, double angle, double tilt) {
    const double radians = angle / 180.0 * std::acos(-1.0);
    const double xz = 0.07 * dx * std::cos(radians) + 0.04 * dz * std::sin(radians);
    return std::exp(-xz * xz / 2.0) * (1.375 - 11.0 / 1680.0 * tilt);
  };
  const Values factors{phase(5, 0, 40, 40), phase(-5, 7, 40, 40), phase(-5, 7, 140, 40),
                       phase(15, -7, 140, 40)};
  const auto ee = WeighedNetwork(edges, csv("DirectionRule_EE")).weights();
  for (std::size_t i = 0; i < 4; ++i) CHECK(ee[i] == Approx(others[i] * factors[i]).epsilon(1e-14));
}

TEST_CASE("edges that cannot be built are refused with their row") {
  const auto csv = two_types("NULL 1 1 1");
  const auto refuse = [&](auto change, const std::string& text, const std::string& types) {
    Edges edges;
    change(edges);
    INFO(text);
    CHECK_THROWS_AS(WeighedNetwork(edges, types).resolve(), core::FormatError);
    CHECK_THROWS_WITH(WeighedNetwork(edges, types).resolve(), Catch::Contains(text));
  };
  refuse([](Edges& e) { e.source[3] = 3; }, "source_node_id row 3", csv);
  refuse([](Edges& e) { e.target[1] = 2; }, "target_node_id row 1", csv);
  refuse([](Edges& e) { e.type[2] = 9; }, "edge_type_id row 2", csv);
  refuse([](Edges& e) { e.type[2] = 1'000'000'000'000; }, "edge_type_id row 2", csv);
  refuse([](Edges& e) { e.weight = Values{1, infinity, 1, 1}; }, "row 1", csv);
  refuse([](Edges& e) { e.weight = Values{1, 1, 1, not_a_number}; }, "row 3", csv);
  refuse([](Edges& e) { e.delay = Values{1, not_a_number, 1, 1}; }, "row 1", csv);
  refuse([](Edges& e) { e.delay = Values{1, 1, 0.1249, 1}; }, "delay row 2", csv);
  refuse([](Edges& e) { e.delay = Values{1, 1, -1, 1}; }, "impossible value -1 in row 2", csv);
  refuse([](Edges& e) { e.delay = Values{1, 1, 1, 16384.0}; }, "delay row 3", csv);
  refuse([](Edges& e) { e.delay = Values{1, 1, 1, infinity}; }, "row 3", csv);
  refuse([](Edges& e) { e.nsyns = Values{1, 1e10, 1, 1}; }, "syn_weight row 1", two_types("NULL 1e300 1 1"));
  refuse([](Edges&) {}, "syn_weight row 0", two_types("NULL NULL 1 1"));
  refuse([](Edges&) {}, "delay row 0", two_types("NULL 1 0.1 1"));
  Edges longest;
  longest.delay = Values{1, 1, 1, 16383.75};
  CHECK(WeighedNetwork(longest, csv).resolve()[3].delay == 65535);
}

TEST_CASE("a type that no edge uses may have an impossible delay") {
  const auto csv =
      table_of({"7 static_synapse exc_to_pv.json NULL 1 1 1", "8 static_synapse exc_to_pv.json NULL 1 1 1",
                "9 static_synapse exc_to_pv.json NULL NULL 0.01 1"});
  CHECK(WeighedNetwork(Edges{}, csv).resolve().size() == 4);
}

TEST_CASE("node ids may be in any order, type ids large") {
  Edges edges;
  edges.target = {900, 900, 4, 4};
  edges.type = {7, 7, 5'000'000'000, 5'000'000'000};
  const auto csv = table_of(
      {"7 static_synapse exc_to_pv.json NULL 1 1 1", "5000000000 static_synapse pv_to_pv.json NULL 2 1 1"});
  const auto resolved = WeighedNetwork(edges, csv, {900, 4}).resolve();
  CHECK(resolved[0].target == 0);
  CHECK(resolved[3].target == 1);
  CHECK(resolved[3].weight == 2.0);
  edges.target[0] = 0;
  CHECK_THROWS_AS(WeighedNetwork(edges, csv, {900, 4}).resolve(), core::FormatError);
}

TEST_CASE("modfiles are read as users write them") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "mod.csv";
  const std::string header = "src_property src_substring trg_property trg_substring operation value";
  const auto read = [&](const std::string& text) {
    std::ofstream(path) << text;
    return engine::read_modfile(path);
  };
  const auto rows =
      read(header + " \r\npop_name e2 pop_name e6 * 2.0 \r\n\r\nei \"i x\" location VisL4 + -1e1");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].source_property == "pop_name");
  CHECK(rows[0].source_substring == "e2");
  CHECK(rows[0].target_property == "pop_name");
  CHECK(rows[0].target_substring == "e6");
  CHECK(rows[0].operation == '*');
  CHECK(rows[0].value == 2.0);
  CHECK(rows[1].source_substring == "i x");
  CHECK(rows[1].target_property == "location");
  CHECK(rows[1].operation == '+');
  CHECK(rows[1].value == -10.0);
  CHECK(
      read("value operation trg_substring trg_property src_substring src_property\n3 / a b c d\n")[0].value ==
      3.0);
  CHECK(read(header + "\n").empty());
  for (const auto* row : {"a b c d ^ 2", "a b c d ** 2", "a b c d * two", "a b c d * nan", "a b c d * inf",
                          "a b c d / 0", "a b c d *", "a b c d * 2 3", "a \"b c d * 2"}) {
    INFO(row);
    CHECK_THROWS_AS(read(header + "\n" + row + "\n"), core::FormatError);
    CHECK_THROWS_WITH(read(header + "\n" + row + "\n"), Catch::Contains("mod.csv:2"));
  }
  CHECK_THROWS_AS(read(""), core::FormatError);
  CHECK_THROWS_AS(read("src_property src_substring trg_property trg_substring operation\n"),
                  core::FormatError);
  CHECK_THROWS_AS(engine::read_modfile(folder.path() / "absent.csv"), core::MissingFileError);
}

TEST_CASE("a modfile changes types by their first edge, row after row") {
  Edges edges;
  // Type 8's first edge goes from node 2 (LGN_on) to node 1 (LGN_on), its second from node 1 (LGN_off).
  edges.source = {1, 0, 2, 1};
  edges.target = {0, 0, 1, 0};
  edges.weight = Values{1.0, 2.0, 3.0, 4.0};
  const WeighedNetwork network(edges, two_types("weight_function_lgn NULL 1 7"));
  CHECK(network.weights({{"pop_name", "off", "pop_name", "LGN", '*', 2.0}}) == Values{2.0, 4.0, 3.0, 4.0});
  CHECK(network.weights({{"pop_name", "on", "pop_name", "on", '+', 10.0}}) == Values{1.0, 2.0, 13.0, 14.0});
  CHECK(network.weights({{"pop_name", "LGN", "pop_name", "LGN", '+', 1.0},
                         {"pop_name", "LGN", "pop_name", "LGN_off", '/', 4.0},
                         {"pop_name", "lgn", "pop_name", "LGN", '*', 0.0},
                         {"pop_name", "LGN", "pop_name", "LGN", '-', 0.5}}) == Values{0.0, 0.25, 3.5, 4.5});
  // A missing value matches nothing, a per-node attribute of nodes.h5 is a property too.
  CHECK(network.weights({{"ei", "e", "pop_name", "LGN", '*', 2.0}}) == Values{1.0, 2.0, 6.0, 8.0});
  CHECK(network.weights({{"tuning_angle", "320", "node_id", "0", '*', 2.0}}) == Values{2.0, 4.0, 3.0, 4.0});
  CHECK_THROWS_AS(network.weights({{"colour", "e", "pop_name", "LGN", '*', 2.0}}), core::ConfigError);
  CHECK_THROWS_AS(network.weights({{"pop_name", "none", "colour", "LGN", '*', 2.0}}), core::ConfigError);
}

TEST_CASE("a modfile leaves other weight functions alone") {
  Edges edges;
  edges.weight = Values{1.0, 2.0, 3.0, 4.0};
  const std::vector<engine::ModfileRow> rows{{"pop_name", "LGN", "pop_name", "LGN", '*', 2.0}};
  for (const std::string name : {"NULL", "ConstantMultiplier_LGN", "wmax"})
    CHECK(WeighedNetwork(edges, two_types(name + " 1 1 1")).weights(rows) == Values{1.0, 2.0, 3.0, 4.0});
}

TEST_CASE("a modfile computes in the type of the weights") {
  Edges edges;
  edges.weight = Values(4, 0.1);
  const std::vector<engine::ModfileRow> rows{{"pop_name", "LGN", "pop_name", "LGN", '*', 3.0},
                                             {"pop_name", "LGN", "pop_name", "LGN", '+', 0.7}};
  const auto csv = two_types("weight_function_bkg 0.1 1 1");
  CHECK(WeighedNetwork(edges, csv).weights(rows)[0] == 0.1 * 3.0 + 0.7);
  edges.float_weights = true;
  float expected = 0.1f;
  expected = static_cast<float>(static_cast<double>(expected) * 3.0);
  expected = static_cast<float>(static_cast<double>(expected) + 0.7);
  CHECK(WeighedNetwork(edges, csv).weights(rows)[0] == static_cast<double>(expected));
  edges.weight.reset();  // CSV weights are doubles
  CHECK(WeighedNetwork(edges, csv).weights(rows)[0] == 0.1 * 3.0 + 0.7);
}

TEST_CASE("the first edge of a type may lie anywhere in a large file") {
  Edges edges;
  const std::size_t count = (std::size_t{1} << 20) + 10;
  edges.source.assign(count, 0);
  edges.target.assign(count, 0);
  edges.type.assign(count, 7);
  edges.weight = Values(count, 1.0);
  edges.type[count - 2] = 8;
  edges.source[count - 2] = 1;
  edges.target[count - 2] = 1;
  const auto weights = WeighedNetwork(edges, two_types("weight_function_lgn 1 1 1"))
                           .weights({{"pop_name", "off", "pop_name", "on", '*', 5.0}});
  CHECK(weights[count - 2] == 5.0);
  CHECK(weights[count - 1] == 1.0);
}

TEST_CASE("of edges in memory the first of a type is that of a file, whatever their order") {
  Edges edges;
  edges.weight = Values(4, 1.0);
  const WeighedNetwork network(edges, two_types("weight_function_lgn 1 1 1"));
  const std::vector<engine::ModfileRow> rows{{"pop_name", "on", "pop_name", "LGN", '*', 3.0},
                                             {"pop_name", "off", "pop_name", "LGN", '*', 5.0}};
  // Type 7 begins with a source of the one kind, and goes on with one of the other.
  const auto backwards = [&](std::uint64_t first, std::uint64_t count, io::EdgeSlab& slab) {
    slab = network.edges().read(first, count);
    std::ranges::reverse(slab.source_id);
    std::ranges::reverse(slab.target_id);
    std::ranges::reverse(slab.type_id);
  };
  auto resolver = network.resolver(rows);
  resolver.find_modifications(network.edges().size(), backwards, {});
  Values weights;
  for (const auto& edge : resolver.resolve(network.edges().read(0, network.edges().size())))
    weights.push_back(edge.weight);
  CHECK(weights == network.weights(rows));
  CHECK(weights[1] == 3.0);
}

TEST_CASE("edges of the network made with BMTK resolve") {
  const auto base = std::filesystem::path(STRIATE_TEST_DATA "/tiny");
  const auto network = base / "network";
  std::vector<io::NodesEntry> entries;
  for (const std::string name : {"v1", "lgn", "bkg"})
    entries.push_back({network / (name + "_nodes.h5"), network / (name + "_node_types.csv")});
  const auto nodes = io::read_node_populations(entries);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto pair = nodes[i].name + "_v1";
    const io::EdgePopulation edges(network / (pair + "_edges.h5"), nodes[i].name + "_to_v1");
    const auto table = io::TypeTable::read(network / (pair + "_edge_types.csv"), "edge_type_id");
    EdgeResolver resolver(
        edges, table,
        engine::read_edge_types(table, engine::ReceptorPorts(base / "components/synaptic_models")), nodes[i],
        nodes[0], grid, engine::read_modfile(base / "configs/modfile.csv"));
    resolver.find_modifications({});
    const auto resolved = resolver.resolve(edges.read(0, edges.size()));
    CHECK(resolved.size() == edges.size());
    for (const auto& edge : resolved)
      if (edge.delay < 4 || edge.delay > 12 || edge.port > 9) FAIL("delay or port of " << pair);
  }
}
