// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/generate_all.hpp"

#include <catch2/catch.hpp>
#include <iterator>
#include <map>

#include "core/errors/error.hpp"
#include "io/sonata/spikes.hpp"
#include "lgn/stimuli/synthetic_images.hpp"
#include "support/lgn_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;

namespace {

struct ManyConfigs {
  test::TemporaryFolder folder;
  ManyConfigs() { test::write_lgn_nodes(folder.path(), 70); }

  /// Writes NAME.json whose results go to NAME.
  fs::path write(const std::string& name, const io::Json& input_changes,
                 const io::Json& output_changes = {}) {
    auto config = test::lgn_config(folder.path());
    if (!input_changes.is_null()) config["inputs"]["LGN_spikes"].update(input_changes);
    config["output"]["output_dir"] = (folder.path() / name).string();
    if (!output_changes.is_null()) config["output"].update(output_changes);
    const auto path = folder.path() / (name + ".json");
    std::ofstream(path) << config.dump(1);
    return path;
  }
  std::string bytes(const fs::path& file) const {
    std::ifstream in(folder.path() / file, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::vector<lgn::LgnPlan> plans(const std::vector<fs::path>& configs) const {
    std::vector<lgn::LgnPlan> result;
    for (const auto& config : configs) result.push_back(lgn::make_plan(io::load_sonata_config(config), {}));
    return result;
  }
};

using Groups = std::vector<std::vector<std::size_t>>;

}  // namespace

TEST_CASE_METHOD(ManyConfigs, "configurations that run together make the files that each makes alone") {
  lgn::write_synthetic_images({.count = 3, .rows = 16, .columns = 24}, folder.path() / "images.h5");
  const io::Json images{
      {"module", "images"}, {"data_file", (folder.path() / "images.h5").string()}, {"image_dur", 100.0}};
  const auto shown = [&](std::vector<int> order) {
    auto changed = images;
    changed["order"] = order;
    return changed;
  };
  const std::vector<fs::path> configs{
      write("a0", {{"theta", 0.0}, {"trial", 0}}),
      write("i0", shown({0, 1, 2})),
      write("b0", {{"theta", 90.0}, {"trial", 0}}),
      write("a1", {{"theta", 0.0}, {"trial", 1}}, {{"rates_csv", "other.csv"}}),
      write("i1", shown({2, 1, 0})),
      write("a2", {{"theta", 0.0}, {"trial", 2}})};
  const std::vector<std::string> names{"a0", "i0", "b0", "a1", "i1", "a2"};
  std::uint64_t spikes = 0;
  std::map<std::string, std::string> alone;
  for (std::size_t k = 0; k < configs.size(); ++k) {
    spikes += lgn::generate_all({configs[k]}, {}, {}).spikes;
    for (const char* file : {"spikes.csv", "spikes.h5", "rates.h5"})
      alone[names[k] + "/" + file] = bytes(fs::path(names[k]) / file);
    fs::remove_all(folder.path() / names[k]);
  }
  CHECK(lgn::generate_all(configs, {}, {}).spikes == spikes);
  for (const auto& [file, content] : alone) {
    INFO(file);
    CHECK((bytes(file) == content));  // in brackets: not printed
  }
  CHECK(alone["a0/spikes.csv"] != alone["a1/spikes.csv"]);
  CHECK(alone["i0/spikes.csv"] != alone["i1/spikes.csv"]);
  CHECK(bytes("a0/rates.csv") == bytes("a1/other.csv"));
  for (const auto& name : names) {
    const auto log = bytes(fs::path(name) / "log.txt");
    CHECK(log.find("spikes, ") != std::string::npos);
    CHECK(log.find(name[0] == 'i' ? "images of" : "grating") != std::string::npos);
  }
}

TEST_CASE_METHOD(ManyConfigs, "plans share rates when stimulus, kept frames and cells are the same") {
  const auto some = plans({write("a", {{"theta", 0.0}, {"trial", 0}}), write("b", {{"theta", 90.0}}),
                           write("c", {{"theta", 0.0}, {"trial", 1}}),
                           write("d", {{"theta", 0.0}, {"evaluation_options", {{"downsample", 2}}}}),
                           write("e", {{"theta", 0.0}, {"trial", 2}})});
  CHECK(lgn::plans_by_rates(some, 100) == Groups{{0, 2, 4}, {1}, {3}});
  CHECK(lgn::plans_by_rates(some, 2) == Groups{{0, 2}, {1}, {3}, {4}});
  CHECK(lgn::plans_by_rates(some, 1) == Groups{{0}, {1}, {2}, {3}, {4}});
  auto other_cells = some;
  other_cells[2].nodes.front().nodes_file = "elsewhere.h5";
  CHECK(lgn::plans_by_rates(other_cells, 100) == Groups{{0, 4}, {1}, {2}, {3}});
  auto many_trials = some;
  many_trials[0].trials.resize(50);
  CHECK(lgn::plans_by_rates(many_trials, 2) == Groups{{0}, {1}, {2, 4}, {3}});
}

TEST_CASE_METHOD(ManyConfigs,
                 "configurations that write to the same place are refused before anything is written") {
  const auto a = write("a", {}), b = write("b", {});
  const auto same = write("c", {}, {{"output_dir", (folder.path() / "a").string()}});
  CHECK_THROWS_AS(lgn::generate_all({a, b, same}, {}, {}), core::ConfigError);
  CHECK_THROWS_WITH(lgn::generate_all({a, b, same}, {}, {}),
                    Catch::Contains("a.json") && Catch::Contains("c.json"));
  CHECK_THROWS_AS(lgn::generate_all({a, a}, {}, {}), core::ConfigError);
  const auto same_file = write("d", {}, {{"spikes_h5", (folder.path() / "b/spikes.h5").string()}});
  CHECK_THROWS_AS(lgn::generate_all({b, same_file}, {}, {}), core::ConfigError);
  CHECK_FALSE(fs::exists(folder.path() / "a"));
  CHECK_FALSE(fs::exists(folder.path() / "b"));
  // Also what must not be replaced is found before the first run.
  const auto kept = write("e", {}, {{"overwrite_output_dir", false}});
  fs::create_directories(folder.path() / "e");
  std::ofstream(folder.path() / "e/spikes.h5") << "mine";
  CHECK_THROWS_AS(lgn::generate_all({b, kept}, {}, {}), core::ConfigError);
  CHECK_FALSE(fs::exists(folder.path() / "b"));
}
