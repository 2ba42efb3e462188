// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/config_files.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using io::Json;
using io::RunKind;
namespace fs = std::filesystem;

namespace {

struct Folder {
  test::TemporaryFolder folder;
  fs::path path(const std::string& name) const { return folder.path() / name; }
  void add(const std::string& name, const std::string& text) const {
    fs::create_directories(path(name).parent_path());
    std::ofstream(path(name)) << text;
  }
  io::ConfigFiles files(const std::string& text, RunKind kind = RunKind::simulation) const {
    return io::files_of_config(io::planned_config(Json::parse(text), path("run.json")), kind);
  }
  /// Paths below the folder, others whole; sorted.
  std::vector<std::string> names(const std::vector<io::NamedPath>& files) const {
    std::vector<std::string> names;
    for (const auto& file : files) {
      const auto below = file.path.lexically_relative(folder.path());
      names.push_back(below.empty() || *below.begin() == ".." ? file.path : below);
    }
    std::ranges::sort(names);
    return names;
  }
};

using Names = std::vector<std::string>;

const std::string simulation = R"({
  "manifest": {"$D": "${configdir}", "$O": "$D/out"},
  "run": {"tstop": 10, "dt": 0.25},
  "inputs": {
    "a": {"input_type": "spikes", "module": "h5", "input_file": "$D/a.h5", "node_set": "all"},
    "b": {"input_type": "current_clamp", "module": "IClamp", "amp": 1, "delay": 1, "file": "$D/unread.csv"},
    "c": {"input_type": "csv", "module": "IClamp", "file": "$D/clamp.csv"},
    "d": {"input_type": "spikes", "module": "csv", "input_file": "$D/off.csv", "enabled": false}},
  "networks": {
    "nodes": [{"nodes_file": "$D/v1.h5", "node_types_file": "$D/v1.csv"}, {"nodes_file": "$D/lgn.h5", "node_types_file": "NULL"},
              {"nodes_file": "$D/off.h5", "enabled": false}],
    "edges": [{"edges_file": "$D/e.h5", "edge_types_file": "$D/e.csv"}]},
  "components": {"point_neuron_models_dir": "$D/cells", "synaptic_models_dir": "$D/syn", "templates_dir": "$D/no"},
  "output": {"output_dir": "$O", "spikes_file": "s.h5", "spikes_file_csv": "$O/s.csv", "log_file": "log.txt"},
  "reports": {"v": {"module": "multimeter", "file_name": "volts.h5"}, "w": {"module": "multimeter"},
              "x": {"module": "spikes_report"}, "y": {"module": "multimeter", "enabled": false}},
  "node_sets_file": "$D/sets.json", "modfile": "$D/mod.csv"})";

}  // namespace

TEST_CASE("a simulation reads all that its sections name, whether it is there or not") {
  const Folder folder;
  const auto files = folder.files(simulation);
  CHECK(folder.names(files.inputs) == Names{"a.h5", "cells", "clamp.csv", "e.csv", "e.h5", "lgn.h5",
                                            "mod.csv", "run.json", "sets.json", "syn", "v1.csv", "v1.h5"});
  CHECK(files.inputs.front().path == folder.path("run.json"));
  CHECK(folder.names(files.results) == Names{"out/s.csv", "out/s.h5", "out/volts.h5", "out/w.h5"});
  CHECK(folder.names(files.records) == Names{"out/log.txt", "out/provenance.json", "out/run.json"});
  CHECK(files.output("spikes_file") == folder.path("out/s.h5"));
  CHECK(files.output("reports/w") == folder.path("out/w.h5"));
  CHECK_FALSE(files.output("reports/x").has_value());
}

TEST_CASE("components are the files that tables of types name, for neurons only") {
  const Folder folder;
  folder.add("v1.csv",
             "node_type_id model_type dynamics_params\n1 point_process one.json\n2 virtual ghost.json\n3 "
             "point_process NULL\n");
  folder.add("e.csv", "edge_type_id dynamics_params\n1 exc.json\n2 exc.json\n3 sub/inh.json\n");
  folder.add("cells/unused.json", "{}");
  const auto names = folder.names(folder.files(simulation).inputs);
  for (const auto* name : {"cells/one.json", "syn/exc.json", "syn/sub/inh.json"})
    CHECK(std::ranges::count(names, name) == 1);
  for (const auto* name : {"cells", "syn", "cells/ghost.json", "cells/unused.json"})
    CHECK(std::ranges::count(names, name) == 0);
  // A table that cannot be read tells nothing: the folder with all its files counts.
  folder.add("v1.csv", "no table");
  const auto all = folder.names(folder.files(simulation).inputs);
  for (const auto* name : {"cells", "cells/unused.json", "syn/exc.json"})
    CHECK(std::ranges::count(all, name) == 1);
}

TEST_CASE("what tables name is read once for many configurations") {
  const Folder folder;
  folder.add("v1.csv", "node_type_id model_type dynamics_params\n1 point_process one.json\n");
  io::ComponentNames known;
  const auto config = io::planned_config(Json::parse(simulation), folder.path("run.json"));
  const auto first = folder.names(io::files_of_config(config, RunKind::simulation, &known).inputs);
  fs::remove(folder.path("v1.csv"));
  CHECK(folder.names(io::files_of_config(config, RunKind::simulation, &known).inputs) == first);
  CHECK(folder.names(io::files_of_config(config, RunKind::simulation).inputs) != first);
}

TEST_CASE("child configs are inputs and so is what they name") {
  const Folder folder;
  const std::string parent = R"({"network": "sub/circuit.json", "run": {}})";
  CHECK(folder.names(folder.files(parent).inputs) == Names{"run.json", "sub/circuit.json"});
  folder.add(
      "sub/circuit.json",
      R"({"manifest": {"$N": "${configdir}/net"}, "networks": {"nodes": [{"nodes_file": "$N/v1.h5"}]}})");
  const auto files = folder.files(parent);
  CHECK(folder.names(files.inputs) == Names{"run.json", "sub/circuit.json", "sub/net/v1.h5"});
  CHECK_THAT(files.inputs.back().where, Contains("sub/circuit.json:/networks/nodes/0/nodes_file"));
}

TEST_CASE("FilterNet reads pictures and filter models and writes rates") {
  const Folder folder;
  folder.add("movie.npy", "");
  folder.add("lgn.csv", "node_type_id model_type dynamics_params\n1 virtual sON.json\n");
  const auto files = folder.files(R"({"target_simulator": "LGNModel",
    "inputs": {"m": {"input_type": "movie", "module": "movie", "data_file": "movie.npy"},
               "n": {"input_type": "movie", "module": "movie", "data_file": "off.npy", "enabled": false}},
    "networks": {"nodes": [{"nodes_file": "${configdir}/lgn.h5", "node_types_file": "${configdir}/lgn.csv"}],
                 "edges": [{"edges_file": "unread.h5"}]},
    "components": {"filter_models_dir": "${configdir}/filters", "point_neuron_models_dir": "unread"},
    "output": {"output_dir": "${configdir}/out", "spikes_file": "x.h5", "spikes_csv": "s.csv", "rates_h5": "r.h5",
               "rates_csv": "../r.csv", "log_file": "l.txt"}})",
                                  RunKind::lgn);
  CHECK(folder.names(files.inputs) ==
        Names{"filters/sON.json", "lgn.csv", "lgn.h5", "movie.npy", "run.json"});
  CHECK(folder.names(files.results) == Names{"out/../r.csv", "out/r.h5", "out/s.csv", "out/x.h5"});
  CHECK(files.output("spikes_h5") == folder.path("out/x.h5"));
  CHECK(folder.names(files.records) == Names{"out/l.txt", "out/provenance.json", "out/run.json"});
}

TEST_CASE("target_simulator tells the kind, then the sections, then the name") {
  const auto kind = [](const char* text, const char* name) {
    return io::kind_of_config(Json::parse(text), name);
  };
  CHECK(kind(R"({"target_simulator": "NEST"})", "config_filternet.json") == RunKind::simulation);
  CHECK(kind(R"({"target_simulator": "LGNModel"})", "config.json") == RunKind::lgn);
  CHECK(kind(R"({"output": {"rates_h5": "r.h5"}})", "config.json") == RunKind::lgn);
  CHECK(kind(R"({"inputs": {"a": {"input_type": "movie"}}})", "config.json") == RunKind::lgn);
  CHECK(kind("{}", "x/config_filternet_1.json") == RunKind::lgn);
  CHECK(kind("[]", "config.json") == RunKind::simulation);
  CHECK_FALSE(io::declared_kind(Json::parse(R"({"target_simulator": 3})")).has_value());
}

TEST_CASE("values of wrong types name no file") {
  const Folder folder;
  const auto files =
      folder.files(R"({"networks": [], "inputs": 3, "output": "out", "reports": {"a": 1}, "components": "x",
                                      "modfile": 1, "node_sets_file": ""})");
  CHECK(folder.names(files.inputs) == Names{"run.json"});
  CHECK(files.results.empty());
}

TEST_CASE("outputs lie below their directory once") {
  CHECK(io::below("out", "s.h5") == "out/s.h5");
  CHECK(io::below("out", "out/s.h5") == "out/s.h5");
  CHECK(io::below("./out/", "out/s.h5") == "out/s.h5");
  CHECK(io::below("out", "./out/s.h5") == "./out/s.h5");
  CHECK(io::below("out", "output/s.h5") == "out/output/s.h5");
  CHECK(io::below("out", "../s.h5") == "out/../s.h5");
  CHECK(io::below("out", io::below("out", "../s.h5")) == "out/../s.h5");
  CHECK(io::below("/a/out", "/b/s.h5") == "/b/s.h5");
}

TEST_CASE("no output replaces an input, another output or a folder") {
  const Folder folder;
  const auto check = [&](std::vector<std::string> outputs, std::vector<std::string> inputs) {
    std::vector<io::NamedPath> out, in;
    for (const auto& name : outputs) out.push_back({folder.path(name), "run:/output/" + name});
    for (const auto& name : inputs) in.push_back({folder.path(name), "run:/inputs/" + name});
    io::check_outputs(out, in);
  };
  CHECK_NOTHROW(check({"a", "b"}, {"c", "c"}));
  CHECK_THROWS_WITH(check({"a", "x/../a"}, {}), Contains("same file") && Contains("run:/output/a"));
  CHECK_THROWS_WITH(check({"a"}, {"a"}), Contains("would overwrite") && Contains("run:/inputs/a"));
  folder.add("real/a", "");
  fs::create_directory_symlink(folder.path("real"), folder.path("link"));
  CHECK_THROWS_WITH(check({"link/a"}, {"real/a"}), Contains("would overwrite"));
  CHECK_THROWS_WITH(check({"real"}, {}), Contains("it is a folder"));
}
