// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/trials.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/made_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

struct Configs {
  test::TemporaryFolder folder;

  Configs() { std::ofstream(folder.path() / "in.csv") << "timestamps population node_ids\n1.0 in 2\n"; }

  static io::Json plain(const std::string& output) {
    return {{"run", {{"tstop", 100.0}, {"dt", 0.25}}},
            {"inputs",
             {{"in",
               {{"input_type", "spikes"},
                {"module", "csv"},
                {"input_file", "${configdir}/in.csv"},
                {"node_set", "in"}}}}},
            {"output", {{"output_dir", "${configdir}/" + output}, {"spikes_file", "spikes.h5"}}}};
  }
  std::filesystem::path write(const std::string& name, const io::Json& json) const {
    const auto file = folder.path() / name;
    std::ofstream(file) << json;
    return file;
  }
  std::vector<Trial> read(const std::vector<io::Json>& documents) const {
    std::vector<std::filesystem::path> files;
    for (const auto& document : documents)
      files.push_back(write(fmt::format("c{}.json", files.size()), document));
    io::ConfigOverrides overrides;
    overrides.network_in_memory = true;
    return read_trials(files, overrides);
  }
};

}  // namespace

TEST_CASE("configs that share network and time step are trials of one network") {
  const Configs configs;
  auto second = Configs::plain("b");
  second["run"]["tstop"] = 50.0;
  second["inputs"].clear();
  const auto trials = configs.read({Configs::plain("a"), second});
  REQUIRE(trials.size() == 2);
  CHECK(trials[0].spec.steps == 400);
  CHECK(trials[1].spec.steps == 200);
  CHECK(trials[0].spec.spike_inputs.size() == 1);
  CHECK(trials[1].spec.spike_inputs.empty());
}

TEST_CASE("configs of different time steps, modfiles or networks do not run together") {
  const Configs configs;
  auto other = Configs::plain("b");
  other["run"]["dt"] = 0.5;
  CHECK_THROWS_WITH(configs.read({Configs::plain("a"), other}), Catch::Contains("/run/dt"));

  std::ofstream(configs.folder.path() / "mod.csv") << "source_property,source_substring\n";
  other = Configs::plain("b");
  other["modfile"] = (configs.folder.path() / "mod.csv").string();
  CHECK_THROWS_WITH(configs.read({Configs::plain("a"), other}), Catch::Contains("/modfile"));

  other = Configs::plain("b");
  other["networks"]["nodes"] = {{{"nodes_file", "${configdir}/cells_nodes.h5"}}};
  CHECK_THROWS_WITH(configs.read({Configs::plain("a"), other}), Catch::Contains("/networks/nodes/0"));
}

TEST_CASE("configs that would write the same file, or what another reads, are refused") {
  const Configs configs;
  CHECK_THROWS_AS(configs.read({Configs::plain("a"), Configs::plain("a")}), core::ConfigError);
  auto reader = Configs::plain("b");
  reader["inputs"]["in"]["module"] = "h5";
  reader["inputs"]["in"]["input_file"] = "${configdir}/a/spikes.h5";
  std::filesystem::create_directories(configs.folder.path() / "a");
  std::ofstream(configs.folder.path() / "a" / "spikes.h5") << "x";
  CHECK_THROWS_AS(configs.read({Configs::plain("a"), reader}), core::ConfigError);
}

TEST_CASE("inputs, clamps and reports are resolved before anything is loaded") {
  const Configs configs;
  const auto network = make_network(test::made_network());
  auto trials = configs.read({Configs::plain("a")});
  resolve_inputs(trials, network);
  CHECK(trials[0].driven.size() == 1);

  const auto refused = [&](const io::Json& change, const std::string& where) {
    auto config = Configs::plain("a");
    config.merge_patch(change);
    auto wrong = configs.read({config});
    CHECK_THROWS_WITH(resolve_inputs(wrong, network), Catch::Contains(where));
  };
  refused({{"inputs", {{"in", {{"node_set", "cells"}}}}}}, "/inputs/in/node_set");
  refused({{"inputs",
            {{"c",
              {{"input_type", "current_clamp"},
               {"module", "IClamp"},
               {"node_set", "nobody"},
               {"amp", 1.0},
               {"delay", 10.0},
               {"duration", 5.0}}}}}},
          "/inputs/c/node_set");
  refused({{"reports",
            {{"r",
              {{"module", "multimeter_report"},
               {"cells", "in"},
               {"variable_name", "V_m"},
               {"file_name", "r.h5"}}}}}},
          "/reports/r/cells");
}

TEST_CASE("populations are loaded once, in the order in which trials name them") {
  std::vector<Trial> trials(3);
  trials[0].driven = {{.population = 4, .inputs = {}}};
  trials[1].driven = {{.population = 2, .inputs = {}}, {.population = 4, .inputs = {}}};
  trials[2].driven = {{.population = 7, .inputs = {}}};
  CHECK(driven_populations(trials) == std::vector<std::size_t>{4, 2, 7});
  CHECK(driven_populations({}).empty());
}
