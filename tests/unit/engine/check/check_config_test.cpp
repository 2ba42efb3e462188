// SPDX-License-Identifier: BSD-3-Clause
// The small network of tests/data, with configs and components that are damaged in memory.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "engine/check/check_simulation.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using core::ExitCode;
using core::Problems;
using io::Json;
using test::TemporaryFolder;

namespace {

const std::filesystem::path tiny = std::filesystem::path(STRIATE_TEST_DATA) / "tiny";

struct Config {
  TemporaryFolder folder;
  Json json;

  Config() : json(io::read_json(tiny / "configs" / "config_plain.json")) {
    json["manifest"]["$BASE_DIR"] = tiny.string();
    json["manifest"]["$OUTPUT_DIR"] = (folder.path() / "output").string();
  }
  engine::CheckResult check(int ranks = 1) const {
    const auto path = folder.path() / "config.json";
    std::ofstream(path) << json.dump();
    return engine::check_config(path, ranks);
  }
};

void require_found(const Problems& problems, std::initializer_list<const char*> texts) {
  std::string all;
  for (const auto& problem : problems.errors) all += problem.text + "\n";
  INFO(all);
  CHECK(problems.errors.size() == texts.size());
  for (const std::string text : texts) {
    INFO("looking for: " << text);
    CHECK(all.find(text) != std::string::npos);
  }
}

Problems check_component(const Json& json) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "component.json") << json.dump();
  Problems problems;
  engine::check_component(folder.path() / "component.json", problems);
  return problems;
}

}  // namespace

TEST_CASE("a right config has no problems and an estimate that shrinks with ranks") {
  const Config config;
  const auto alone = config.check(1), shared = config.check(4);
  require_found(alone.problems, {});
  CHECK(alone.problems.code() == ExitCode::done);
  REQUIRE(alone.memory);
  REQUIRE(shared.memory);
  CHECK(alone.memory->synapses == shared.memory->synapses);
  CHECK(alone.memory->synapses > 100'000);
  CHECK(shared.memory->bytes_per_rank < alone.memory->bytes_per_rank);
}

TEST_CASE("problems of all sections of a config are listed at once") {
  Config config;
  config.json["run"] = {{"dt", -1}, {"duration", -5}};
  config.json["inputs"]["LGN_spikes"]["node_set"] = "nobody";
  config.json["inputs"]["clamp"] = {{"module", "IClamp"}, {"input_type", "current_clamp"}, {"amp", 1}};
  config.json["reports"]["a"] = {{"module", "multimeter"}, {"cells", "v1"}, {"variable_name", "colour"}};
  config.json["reports"]["b"] = {{"module", "multimeter"}, {"cells", "none"}, {"variable_name", "V_m"}};
  config.json["output"]["compression"] = "zip";
  config.json["modfile"] = (config.folder.path() / "absent.csv").string();
  const auto result = config.check();
  require_found(result.problems, {"/run/dt", "/run/duration", "nobody", "/inputs/clamp/delay",
                                  "/reports/a/variable_name", "none", "/output/compression", "absent.csv"});
  CHECK(result.problems.code() == ExitCode::configuration);
}

TEST_CASE("files that can still come are noted, files that must be there are missed") {
  Config config;
  auto& edges = config.json["networks"]["edges"];
  const auto file = [&](const std::string& name) { return (config.folder.path() / name).string(); };
  edges[0]["edges_file"] = file("v1_v1_edges_trained.h5");
  config.json["inputs"]["LGN_spikes"]["input_file"] = file("later.h5");
  auto result = config.check();
  require_found(result.problems, {});
  REQUIRE(result.problems.notes.size() >= 2);
  const auto noted = [&](const char* text) {
    return std::ranges::any_of(result.problems.notes,
                               [&](const auto& note) { return note.find(text) != std::string::npos; });
  };
  CHECK(noted("v1_v1_edges_trained.h5"));
  CHECK(noted("later.h5"));
  CHECK(result.memory);  // of the files that are there

  edges[0]["edges_file"] = file("v1_v1_edges.h5");
  result = config.check();
  require_found(result.problems, {"v1_v1_edges.h5"});
  CHECK(result.problems.code() == ExitCode::missing_input);
}

TEST_CASE("receptors and delays are checked against cells and time step") {
  Config config;
  const auto synapses = config.folder.path() / "synapses";
  std::filesystem::copy(tiny / "components" / "synaptic_models", synapses);
  for (const auto& entry : std::filesystem::directory_iterator(synapses))
    std::ofstream(entry.path()) << R"({"receptor_type": 11})";
  config.json["components"]["synaptic_models_dir"] = synapses.string();
  auto problems = config.check().problems;
  REQUIRE_FALSE(problems.empty());
  CHECK_THAT(problems.errors[0].text, Catch::Contains("receptor_type 11") && Catch::Contains("row 0"));

  Config coarse;
  coarse.json["run"]["dt"] = 10.0;  // all delays are a few ms
  problems = coarse.check().problems;
  REQUIRE_FALSE(problems.empty());
  CHECK_THAT(problems.errors[0].text, Catch::Contains("invalid delay"));
}

TEST_CASE("networks are checked from their base or their own folder") {
  for (const auto& path : {tiny, tiny / "network", tiny / "network" / ""}) {
    INFO(path);
    const auto result = engine::check_network(path, 1);
    require_found(result.problems, {});
    CHECK(result.memory);
  }
  const TemporaryFolder empty;
  CHECK(engine::check_network(empty.path(), 1).problems.code() == ExitCode::missing_input);
}

TEST_CASE("a network that lost files is told which") {
  const TemporaryFolder folder;
  const auto base = folder.path() / "net";
  std::filesystem::create_directories(base);
  std::filesystem::copy(tiny / "network", base / "network", std::filesystem::copy_options::recursive);
  std::filesystem::copy(tiny / "components", base / "components", std::filesystem::copy_options::recursive);
  require_found(engine::check_network(base, 1).problems, {});
  for (const char* name : {"lgn_v1_edges.h5", "bkg_v1_edge_types.csv"})
    std::filesystem::remove(base / "network" / name);
  const auto problems = engine::check_network(base, 1).problems;
  require_found(problems, {"lgn_v1_edges.h5", "bkg_v1_edge_types.csv", "no edge_types_file for"});
}

TEST_CASE("every wrong key of a component is listed") {
  require_found(check_component({{"C_m", "big"}, {"colour", 1}, {"asc_decay", 3}}),
                {"C_m", "colour", "asc_decay"});
  require_found(check_component({{"tau_syn_fast", {1, 2}}}), {"unequal lengths"});
  require_found(check_component({{"receptor_type", 0}}), {"invalid receptor_type=0"});
  require_found(check_component({{"type", "GLIF"}}), {"missing key"});
  require_found(check_component(Json::array({1, 2})), {"components are objects"});
  require_found(check_component({{"receptor_type", 1}}), {});
}
