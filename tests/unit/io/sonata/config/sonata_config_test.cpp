// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/config/sonata_config.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using striate::io::ConfigOverrides;
using striate::io::Json;
using striate::io::load_sonata_config;
using striate::io::SonataConfig;
using striate::test::TemporaryFolder;

namespace {

const std::string networks = R"("networks": {"nodes": [{"nodes_file": "n.h5", "node_types_file": "t.csv"}]})";

/// A folder with run.json and, if given, further files.
struct ConfigFolder {
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "run.json";
  void add(const std::string& name, const std::string& text) { std::ofstream(folder.path() / name) << text; }
  explicit ConfigFolder(const std::string& text) { add("run.json", text); }
  SonataConfig load(const ConfigOverrides& overrides = {}) const {
    return load_sonata_config(file, overrides);
  }
};

SonataConfig load(const std::string& text, const ConfigOverrides& overrides = {}) {
  return ConfigFolder(text).load(overrides);
}

}  // namespace

TEST_CASE("manifest variables are replaced everywhere, in any order of definition") {
  const ConfigFolder folder(R"({
    "manifest": {"$OUT": "${BASE}/out", "$BASE": "$configdir/..", "PLAIN": "p", "${BRACED}": "b", "$N": 8},
    "x": {"a": "$OUT/$PLAIN-${BRACED}", "ab": "$PLAINX/$PLAIN", "n": "$N", "in_text": "n=$N", "l": ["${N}"]},
    "price": "5$ $$PLAIN ${PLAIN $", )" +
                            networks + "}");
  const auto config = folder.load();
  const std::string base = folder.folder.path().string() + "/..";
  const Json& document = config.document;
  CHECK(document["x"]["a"] == base + "/out/p-b");
  CHECK(document["x"]["ab"] == "$PLAINX/p");
  CHECK(document["x"]["n"] == 8);
  CHECK(document["x"]["l"][0] == 8);
  CHECK(document["x"]["in_text"] == "n=8");
  CHECK(document["price"] == "5$ $p ${PLAIN $");
  CHECK_FALSE(document.contains("manifest"));
  CHECK(document["config_path"] == folder.file.string());
  CHECK(document["config_dir"] == folder.folder.path().string());
  CHECK(config.file == folder.file);
}

TEST_CASE("built-in variables know folders, file and time, the manifest may replace them") {
  ::setenv("TZ", "UTC", 1);
  const ConfigFolder folder(R"({"v": ["${workingdir}", "$configfname", "$date", "${time}", "$datetime"], )" +
                            networks + "}");
  const auto config = folder.load({.output_dir = {}, .modfile = {}, .now = 86400 + 3661});
  const std::vector<std::string> expected{std::filesystem::current_path().string(), folder.file.string(),
                                          "1970-01-02", "01-01-01", "1970-01-02_01-01-01"};
  CHECK(config.document["v"].get<std::vector<std::string>>() == expected);
  CHECK(load(R"({"manifest": {"$date": "today"}, "v": "$date", )" + networks + "}").document["v"] == "today");
}

TEST_CASE("manifests that cannot be resolved are refused") {
  const auto with = [](const std::string& manifest) {
    return load(R"({"manifest": )" + manifest + ", " + networks + "}");
  };
  CHECK_THROWS_WITH(with(R"({"$A": "$B", "$B": "x$A"})"),
                    Contains("run.json:/manifest/$A") && Contains("circle"));
  CHECK_THROWS_WITH(with(R"({"$A": "$A"})"), Contains("circle"));
  CHECK_THROWS_WITH(with(R"({"$BASE_DIR": ".", "$A": "$BASEDIR/x"})"),
                    Contains("/manifest/$A") && Contains("$BASEDIR") && Contains("did you mean BASE_DIR?"));
  CHECK_THROWS_WITH(with(R"({"$A": ["x"]})"), Contains("/manifest/$A"));
  CHECK_THROWS_WITH(with(R"({"$A": null})"), Contains("/manifest/$A"));
  CHECK_THROWS_WITH(with(R"({"$A": "x", "A": "y"})"), Contains("second time"));
  CHECK_THROWS_WITH(with(R"({"$": "x"})"), Contains("no name"));
  CHECK_THROWS_WITH(with(R"({"$A B": "x"})"), Contains("no name"));
  CHECK_THROWS_WITH(with(R"("x")"), Contains("run.json:/manifest is a string"));
  std::string bomb = R"({"$V0": "xxxxxxxxxxxxxxxx")";
  for (int i = 1; i < 40; ++i) bomb += fmt::format(R"(, "$V{}": "$V{}$V{}")", i, i - 1, i - 1);
  CHECK_THROWS_WITH(with(bomb + "}"), Contains("longer than"));
}

TEST_CASE("entries of networks keep their order and are checked") {
  const auto config = load(R"({"manifest": {"$D": "net"}, "networks": {
    "nodes": [{"nodes_file": "$D/v1.h5", "node_types_file": "$D/v1.csv"},
              {"nodes_file": "off.h5", "enabled": false},
              {"nodes_file": "lgn.h5", "node_types_file": null, "populations": {"lgn": {}}},
              {"nodes_file": "bkg.h5", "node_types_file": ""}],
    "edges": [{"edges_file": "b.h5", "edge_types_file": "b.csv", "enabled": true},
              {"edges_file": "$MISSING/x.h5", "edge_types_file": "x.csv", "enabled": false},
              {"edges_file": "a.h5"}]}})");
  REQUIRE(config.nodes.size() == 3);
  CHECK(config.nodes[0].nodes_file == "net/v1.h5");
  CHECK(config.nodes[0].node_types_file == "net/v1.csv");
  CHECK_FALSE(config.nodes[1].node_types_file.has_value());
  CHECK_FALSE(config.nodes[2].node_types_file.has_value());
  REQUIRE(config.edges.size() == 2);
  CHECK(config.edges[0].edges_file == "b.h5");
  CHECK(config.edges[1].edges_file == "a.h5");

  const auto nodes = [](const std::string& list) { return load(R"({"networks": {"nodes": )" + list + "}}"); };
  CHECK_THROWS_WITH(load("{}"), Contains("run.json:/networks"));
  CHECK_THROWS_WITH(nodes("[]"), Contains("run.json:/networks/nodes"));
  CHECK_THROWS_WITH(nodes("{}"), Contains("/networks/nodes is not a list"));
  CHECK_THROWS_WITH(nodes("[3]"), Contains("/networks/nodes/0 is a number"));
  CHECK_THROWS_WITH(nodes(R"([{"node_file": "x"}])"),
                    Contains("/networks/nodes/0/nodes_file") && Contains("did you mean node_file?"));
  CHECK_THROWS_WITH(nodes(R"([{"nodes_file": ["x"]}])"), Contains("/networks/nodes/0/nodes_file is a list"));
  CHECK_THROWS_WITH(nodes(R"([{"nodes_file": ""}])"), Contains("is empty"));
  CHECK_THROWS_WITH(nodes(R"([{"nodes_file": "x", "enabled": "no"}])"),
                    Contains("/networks/nodes/0/enabled"));
  CHECK_THROWS_WITH(nodes(R"([{"nodes_file": "x", "node_types_file": "$T/x"}])"),
                    Contains("/networks/nodes/0/node_types_file") && Contains("$T"));
  CHECK_THROWS_WITH(load("[1]"), Contains("run.json:/ is a list"));
}

TEST_CASE("unknown variables are refused in paths of inputs and components, and stay elsewhere") {
  const auto input = [](const std::string& text) {
    return load(R"({"inputs": {"LGN": )" + text + R"(}, "note": "$UNKNOWN", )" + networks + "}");
  };
  CHECK_THROWS_WITH(input(R"({"input_file": "$DIR/s.h5"})"),
                    Contains("/inputs/LGN/input_file") && Contains("$DIR"));
  CHECK_THROWS_WITH(input(R"({"file": "${DIR}/s.csv", "enabled": true})"), Contains("/inputs/LGN/file"));
  CHECK_NOTHROW(input(R"({"input_file": "$DIR/s.h5", "enabled": false})"));
  CHECK(input(R"({"input_file": "s.h5", "trial": "$T"})").document["note"] == "$UNKNOWN");

  const auto config = load(R"({"components": {"a_dir": "x/y", "b_dir": "$NO/y"}, )" + networks + "}");
  CHECK(config.component_dir("a_dir") == "x/y");
  CHECK_THROWS_WITH(config.component_dir("b_dir"), Contains("run.json:/components/b_dir"));
  CHECK_THROWS_WITH(config.component_dir("c_dir"), Contains("run.json:/components/c_dir"));
  CHECK_THROWS_WITH(load("{" + networks + "}").component_dir("a_dir"), Contains("run.json:/components"));
  CHECK_FALSE(config.optional_section("run").has_value());
  CHECK_THROWS_AS(config.section("run"), core::ConfigError);
}

TEST_CASE("the output folder and its files are texts, as given") {
  const auto config =
      load(R"({"output": {"output_dir": "out", "log_file": "log.txt", "spikes_file": "out/s.h5",
    "spikes_file_csv": "/abs/s.csv", "spikes_file_nwb": "output.nwb", "spikes_sort_order": "time", "other": "x"}, )" +
           networks + "}");
  const Json& output = config.document["output"];
  CHECK(output["log_file"] == "log.txt");
  CHECK(output["spikes_file"] == "out/s.h5");
  CHECK(output["spikes_file_csv"] == "/abs/s.csv");
  CHECK(output["spikes_file_nwb"] == "output.nwb");
  CHECK(output["spikes_sort_order"] == "time");
  CHECK(output["other"] == "x");
  CHECK(config.output_dir == "out");

  CHECK(load(R"({"output": {"log_file": null}, )" + networks + "}").output_dir == "output");
  CHECK(load("{" + networks + "}").output_dir == "output");
  CHECK_FALSE(load("{" + networks + "}").document.contains("output"));
  CHECK_THROWS_WITH(load(R"({"output": {"spikes_file": 3}, )" + networks + "}"),
                    Contains("/output/spikes_file"));
  CHECK_THROWS_WITH(load(R"({"output": {"output_dir": "$X/o"}, )" + networks + "}"),
                    Contains("/output/output_dir"));
  CHECK_THROWS_WITH(load(R"({"output": "out", )" + networks + "}"), Contains("run.json:/output"));
}

TEST_CASE("options -o and -m replace the output folder, its files and the modfile") {
  const auto config = load(
      R"({"output": {"output_dir": "out", "log_file": "l.log", "spikes_file": "x/s.h5"}, )" + networks + "}",
      {.output_dir = "elsewhere/", .modfile = "a/../mod.csv", .now = {}});
  const auto here = std::filesystem::current_path();
  const Json& output = config.document["output"];
  CHECK(config.output_dir == here / "elsewhere");
  CHECK(output["output_dir"] == (here / "elsewhere").string());
  CHECK(output["log_file"] == (here / "elsewhere/log.txt").string());
  CHECK(output["spikes_file"] == (here / "elsewhere/spikes.h5").string());
  CHECK(output["spikes_file_csv"] == (here / "elsewhere/spikes.csv").string());
  CHECK(config.document["modfile"] == (here / "mod.csv").string());
}

TEST_CASE("child configs are found beside their parent, have their own manifest and win") {
  ConfigFolder folder(R"({"manifest": {"$A": "parent"}, "network": "net.json", "simulation": "$A.json",
                          "run": {"dt": 1}, "v": "$A"})");
  folder.add("net.json",
             R"({"manifest": {"$A": "child"}, "v": "$A", "networks": {"nodes": [{"nodes_file": "$A.h5"}]}})");
  folder.add("parent.json", R"({"run": {"duration": 2}, "output": {"output_dir": 3}})");
  CHECK_THROWS_WITH(folder.load(), Contains("parent.json:/output/output_dir"));
  folder.add("parent.json", R"({"run": {"duration": 2}})");
  const auto config = folder.load();
  CHECK(config.nodes[0].nodes_file == "child.h5");
  CHECK(config.document["v"] == "child");
  CHECK(config.document["run"].dump() == R"({"duration":2})");
  CHECK(config.document["config_path"] == folder.file.string());
  CHECK_FALSE(config.document.contains("network"));
  CHECK_THROWS_WITH(config.section("run").require("dt"), Contains("parent.json:/run/dt"));

  folder.add("net.json", R"({"network": "run.json"})");
  CHECK_THROWS_WITH(folder.load(), Contains("inside one another"));
  folder.add("run.json", R"({"network": "absent.json"})");
  CHECK_THROWS_AS(folder.load(), core::MissingFileError);
}

TEST_CASE("one configuration may describe several runs") {
  const auto config =
      load(R"({"run": {"dt": 1, "tstop": [10, 20]}, "inputs": {"a": {"input_file": ["a.h5", "b.h5"]}},
    "output": {"spikes_file": ["x.h5", "y.h5"], "log_file": "log.txt"},
    "reports": {"v": {"file_name": ["v.h5", "w.h5"], "variable_name": ["V_m", "I"]}}, )" +
           networks + "}");
  const auto runs = io::runs_of_config(config);
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].document["run"]["tstop"] == 10);
  CHECK(runs[1].document["run"]["tstop"] == 20);
  CHECK(runs[1].document["inputs"]["a"]["input_file"] == "b.h5");
  CHECK(runs[1].document["output"]["spikes_file"] == "y.h5");
  CHECK(runs[1].document["output"]["log_file"] == "log.txt");
  CHECK(runs[1].document["reports"]["v"]["file_name"] == "w.h5");
  CHECK(runs[1].document["reports"]["v"]["variable_name"].size() == 2);
  CHECK(runs[1].run == 1);
  CHECK(runs[1].whole == config.document);

  const auto with = [](const std::string& text) {
    return io::runs_of_config(load("{" + text + ", " + networks + "}"));
  };
  CHECK(with(R"("run": {"n_runs": 1})").size() == 1);
  CHECK(with(R"("run": {"tstop": [5]})").at(0).document["run"]["tstop"] == 5);
  CHECK(with(R"("run": {"n_runs": 3})").size() == 3);
  CHECK_THROWS_WITH(with(R"("run": {"n_runs": 3, "tstop": [5, 6]})"),
                    Contains("run.json:/run/tstop has 2 items") && Contains("3 runs"));
  CHECK_THROWS_WITH(with(R"("run": {"tstop": [5, 6]}, "output": {"spikes_file": ["a"]})"),
                    Contains("/output/spikes_file has 1 items"));
  CHECK_THROWS_WITH(with(R"("run": {"n_runs": 2}, "output": {"spikes_file": "a"})"),
                    Contains("/output/spikes_file is one file for 2 runs"));
  CHECK_THROWS_WITH(with(R"("run": {"n_runs": 0})"), Contains("/run/n_runs"));
  CHECK_THROWS_WITH(with(R"("run": {"tstop": []})"), Contains("/run/tstop"));
}

TEST_CASE("an edges file listed twice is refused") {
  const auto edges = [](const std::string& first, const std::string& second) {
    return load(R"({"networks": {"nodes": [{"nodes_file": "v1.h5"}], "edges": [{"edges_file": ")" + first +
                R"("}, {"edges_file": ")" + second + R"("}]}})");
  };
  CHECK_NOTHROW(edges("a.h5", "b.h5"));
  CHECK_THROWS_WITH(edges("a.h5", "a.h5"), Contains("a.h5 is listed twice") && Contains("/networks/edges"));
  CHECK_THROWS_WITH(edges("x/../a.h5", "a.h5"), Contains("listed twice"));
}

TEST_CASE("the resolved document is a config that resolves to itself") {
  ConfigFolder folder(
      R"({"manifest": {"$O": "out"}, "output": {"output_dir": "$O", "log_file": "log.txt"}, )" + networks +
      "}");
  const auto first = folder.load();
  folder.add("run.json", first.document.dump(2));
  CHECK(folder.load().document == first.document);
}

TEST_CASE("a config that is not there is reported as missing input") {
  CHECK_THROWS_AS(load_sonata_config("/no/such/config.json"), core::MissingFileError);
}
