// SPDX-License-Identifier: BSD-3-Clause
// Contents of the trials' configurations are those of the reference's make_osi_jobs.py and
// make_contrast_jobs.py, but for the random phase (which is seeded here) and a misspelt key (which is not
// written).
#include "slurm/plan/trial_configs.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;
using Unordered = nlohmann::json;

namespace {

/// config_filternet.json of the reference's templates.
Unordered filternet_template() {
  return Unordered::parse(R"({
    "manifest": {"$BASE_DIR": "${configdir}/..", "$OUTPUT_DIR": "$BASE_DIR/filternet",
                 "$NETWORK_DIR": "$BASE_DIR/network"},
    "run": {"tstop": 3000.0, "overwrite_output_dir": true},
    "target_simulator": "LGNModel",
    "inputs": {"LGN_spikes": {"input_type": "movie", "module": "graiting", "row_size": 80, "col_size": 120,
      "gray_screen_dur": 500.0, "theta": 45.0, "cpd": 0.04, "temporal_f": 2.0, "contrast": 0.8,
      "degrees_per_pixel": 1.0, "y_dir": "up", "evaluation_options": {"downsample": 1, "separable": true}}},
    "output": {"output_dir": "$OUTPUT_DIR", "spikes_csv": "spikes.csv", "spikes_h5": "spikes.h5",
               "log_file": "log.txt"},
    "networks": {"nodes": [{"nodes_file": "$NETWORK_DIR/lgn_nodes.h5",
                            "node_types_file": "$NETWORK_DIR/lgn_node_types.csv"}]}
  })");
}

/// config_plain.json, or with edge files of another suffix.
Unordered run_template(const std::string& suffix = "") {
  auto config = Unordered::parse(R"({
    "manifest": {"$BASE_DIR": "${configdir}/..", "$NETWORK_DIR": "$BASE_DIR/network",
      "$MODELS_DIR": "$BASE_DIR/components", "$OUTPUT_DIR": "$BASE_DIR/output_plain",
      "$LGNINPUT_DIR": "$BASE_DIR/filternet", "$BKGINPUT_DIR": "$BASE_DIR/bkg"},
    "run": {"duration": 3000.0, "dt": 0.25, "block_run": false, "block_size": 1000.0},
    "inputs": {
      "LGN_spikes": {"input_type": "spikes", "module": "h5", "input_file": "$LGNINPUT_DIR/spikes.h5", "node_set": "lgn"},
      "BKG_spikes": {"input_type": "spikes", "module": "h5",
                     "input_file": "$BKGINPUT_DIR/bkg_spikes_250Hz_3s.h5", "node_set": "bkg"}},
    "output": {"log_file": "log.txt", "spikes_file": "spikes.h5", "spikes_file_csv": "spikes.csv",
               "output_dir": "$OUTPUT_DIR", "overwrite_output_dir": true, "quiet_simulator": true},
    "target_simulator": "NEST",
    "components": {"point_neuron_models_dir": "$MODELS_DIR/cell_models",
                   "synaptic_models_dir": "$MODELS_DIR/synaptic_models"},
    "networks": {"nodes": [{"nodes_file": "$NETWORK_DIR/v1_nodes.h5", "node_types_file": "$NETWORK_DIR/v1_node_types.csv"}],
                 "edges": [{"edges_file": "", "edge_types_file": "$NETWORK_DIR/v1_v1_edge_types.csv"}]}
  })");
  config["networks"]["edges"][0]["edges_file"] = "$NETWORK_DIR/v1_v1_edges" + suffix + ".h5";
  return config;
}

struct Base {
  test::TemporaryFolder folder;
  fs::path path = folder.path() / "net";

  Base() {
    fs::create_directories(path / "configs");
    fs::create_directories(path / "network");
    write("config_filternet.json", filternet_template());
    write("config_plain.json", run_template());
    write("config_bio_trained.json", run_template("_bio_trained"));
    std::ofstream(path / "network/v1_v1_edges.h5") << "edges";
  }
  void write(const std::string& name, const Unordered& content) const {
    std::ofstream(path / "configs" / name) << content.dump(1);
  }
  Unordered read(const fs::path& name) const {
    std::ifstream in(path / "configs" / name);
    REQUIRE(in);
    return Unordered::parse(in);
  }
};

Unordered expected_lgn(const std::string& folder, double theta, int trial) {
  auto config = filternet_template();
  config["manifest"]["$BASE_DIR"] = "${configdir}/../..";
  config["manifest"]["$OUTPUT_DIR"] = "$BASE_DIR/" + folder;
  config["inputs"]["LGN_spikes"]["theta"] = theta;
  config["inputs"]["LGN_spikes"]["trial"] = trial;
  return config;
}

Unordered expected_run(const std::string& lgn, const std::string& background, const std::string& output) {
  auto config = run_template();
  config["manifest"]["$BASE_DIR"] = "${configdir}/../..";
  config["manifest"]["$LGNINPUT_DIR"] = "$BASE_DIR/" + lgn;
  config["manifest"]["$BKGINPUT_DIR"] = "$BASE_DIR/" + background;
  config["manifest"]["$OUTPUT_DIR"] = "$BASE_DIR/" + output;
  return config;
}

/// As text, so that 45 is not 45.0.
void check_equal(const Unordered& ours, const Unordered& expected) {
  CHECK(ours.dump(1) == expected.dump(1));
}

}  // namespace

TEST_CASE_METHOD(Base, "configurations of gratings equal the reference's") {
  slurm::write_trial_configs(path, io::read_paradigm("8dir_10trials", nullptr), "plain");
  struct Expected {
    int index;
    double theta;
    int trial;
    const char* name;
  };
  for (const auto& [index, theta, trial, name] : {Expected{0, 0.0, 0, "angle0_trial0"},
                                                  {37, 135.0, 7, "angle135_trial7"},
                                                  {79, 315.0, 9, "angle315_trial9"}}) {
    const std::string trial_folder = std::string("8dir_10trials/") + name;
    check_equal(read(fmt::format("filternet_8dir_10trials/config_filternet_{}.json", index)),
                expected_lgn("filternet_" + trial_folder, theta, trial));
    check_equal(read(fmt::format("8dir_10trials_plain/config_{}.json", index)),
                expected_run("filternet_" + trial_folder, "bkg_" + trial_folder,
                             std::string("8dir_10trials_plain/") + name));
  }
  CHECK_FALSE(fs::exists(path / "configs/8dir_10trials_plain/config_80.json"));
}

TEST_CASE_METHOD(Base, "configurations of contrasts equal the reference's but for phase and misspelt key") {
  slurm::write_trial_configs(path, io::read_paradigm("contrasts", nullptr), "plain");
  struct Expected {
    int index;
    double theta, contrast;
    int trial;
    const char* name;
  };
  for (const auto& [index, theta, contrast, trial, name] :
       {Expected{0, 0.0, 0.0, 0, "angle0_contrast0.0_trial0"},
        {29, 0.0, 0.0, 29, "angle0_contrast0.0_trial29"},
        {30, 0.0, 0.05, 0, "angle0_contrast0.05_trial0"},
        {509, 315.0, 0.8, 9, "angle315_contrast0.8_trial9"}}) {
    const std::string trial_folder = std::string("contrasts/") + name;
    auto ours = read(fmt::format("filternet_contrasts/config_filternet_{}.json", index));
    const auto& phase = ours["inputs"]["LGN_spikes"]["phase"];
    CHECK(phase.is_number_float());
    CHECK((phase.get<double>() >= 0 && phase.get<double>() < 360));
    ours["inputs"]["LGN_spikes"].erase("phase");
    auto expected = expected_lgn("filternet_" + trial_folder, theta, trial);
    expected["inputs"]["LGN_spikes"]["contrast"] = contrast;
    check_equal(ours, expected);
    check_equal(read(fmt::format("contrasts_plain/config_{}.json", index)),
                expected_run("filternet_" + trial_folder, "bkg_" + trial_folder,
                             std::string("contrasts_plain/") + name));
  }
}

TEST_CASE_METHOD(Base, "image stimuli replace the grating, and the background file is the chunk's") {
  auto paradigm = io::with_only(io::read_paradigm("bo", nullptr), {"chunk=7"});
  CHECK_THROWS_AS(slurm::write_trial_configs(path, paradigm, "plain"), core::MissingFileError);
  CHECK_THROWS_WITH(slurm::write_trial_configs(path, paradigm, "plain"),
                    Catch::Contains("images/natural_images.h5") && Catch::Contains("--stimulus data_file="));
  CHECK_FALSE(fs::exists(path / "configs/filternet_bo/config_filternet_7.json"));
  fs::create_directories(path / "images");
  std::ofstream(path / "images/natural_images.h5") << "images";
  slurm::write_trial_configs(path, paradigm, "plain");

  auto expected = expected_lgn("filternet_bo/chunk_07", 0, 0);
  expected["run"]["tstop"] = 30250.0;
  expected["inputs"]["LGN_spikes"] = {{"input_type", "movie"},
                                      {"module", "images"},
                                      {"data_file", "$BASE_DIR/images/natural_images.h5"},
                                      {"normalize", true},
                                      {"image_dur", 250.0},
                                      {"gray_screen_dur", 250.0},
                                      {"gray_screen_end_dur", 250.0},
                                      {"order", paradigm.orders[7]},
                                      {"blank", 118},
                                      {"trial", 7}};
  check_equal(read("filternet_bo/config_filternet_7.json"), expected);
  auto run = expected_run("filternet_bo/chunk_07", "bkg_bo", "output_bo_plain/chunk_07");
  run["run"]["duration"] = 30250.0;
  run["inputs"]["BKG_spikes"]["input_file"] = "$BKGINPUT_DIR/bkg_bo_chunk_07.h5";
  check_equal(read("output_bo_plain/config_7.json"), run);
  CHECK_FALSE(fs::exists(path / "configs/output_bo_plain/config_8.json"));

  const auto file = io::h5::File::open(path / paradigm.labels_file());
  const auto ids = io::h5::read_table_rows<std::int64_t>(file, "/stim_ids", 119, 0, 50);
  REQUIRE(ids.size() == 50 * 119);  // of all chunks, not only of those chosen
  for (std::size_t chunk = 0; chunk < 50; ++chunk)
    CHECK(std::vector(ids.begin() + static_cast<long>(119 * chunk),
                      ids.begin() + static_cast<long>(119 * (chunk + 1))) == paradigm.orders[chunk]);
  const auto shown = io::read_conditions(path / paradigm.conditions_file());
  CHECK(shown.variables == paradigm.conditions.variables);
  REQUIRE(shown.rows.size() == 50 * 119);
  for (std::size_t k = 0; k < shown.rows.size(); ++k) {
    const auto &row = shown.rows[k], &meant = paradigm.conditions.rows[k];
    REQUIRE((row.run == meant.run && row.slot == meant.slot && row.start_ms == meant.start_ms &&
             row.end_ms == meant.end_ms && row.values == meant.values && row.blank == meant.blank));
  }
}

TEST_CASE_METHOD(Base, "files that would not change stay untouched") {
  fs::create_directories(path / "images");
  std::ofstream(path / "images/natural_images.h5") << "images";
  auto paradigm = io::with_only(io::read_paradigm("bo", nullptr), {"chunk=0,1"});
  slurm::write_trial_configs(path, paradigm, "plain");
  const auto lgn = path / "configs/filternet_bo/config_filternet_0.json",
             run = path / "configs/output_bo_plain/config_0.json", labels = path / paradigm.labels_file(),
             shown = path / paradigm.conditions_file();
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(5);
  for (const auto& file : {lgn, run, labels, shown}) fs::last_write_time(file, long_ago);
  const auto untouched = [&](const fs::path& file) { return fs::last_write_time(file) == long_ago; };
  slurm::write_trial_configs(path, paradigm, "plain");
  CHECK(untouched(lgn));
  CHECK(untouched(run));
  CHECK(untouched(labels));
  CHECK(untouched(shown));
  io::set_stimulus(paradigm, "flip_y=true");
  slurm::write_trial_configs(path, paradigm, "plain");
  CHECK_FALSE(untouched(lgn));
  CHECK(untouched(run));
  paradigm.orders[49].front() = -1;
  paradigm.conditions.rows.back().end_ms += 1;
  slurm::write_trial_configs(path, paradigm, "plain");
  CHECK_FALSE(untouched(labels));
  CHECK_FALSE(untouched(shown));
}

TEST_CASE_METHOD(Base, "options without configuration or trained edges are refused") {
  const auto paradigm = io::read_paradigm("8dir_10trials", nullptr);
  CHECK_THROWS_AS(slurm::write_trial_configs(path, paradigm, "bio_trainde"), core::MissingFileError);
  CHECK_THROWS_WITH(slurm::write_trial_configs(path, paradigm, "bio_trainde"),
                    Catch::Contains("did you mean bio_trained?") && Catch::Contains("bio_trained, plain"));
  CHECK_THROWS_AS(slurm::write_trial_configs(path, paradigm, "bio_trained"), core::MissingFileError);
  CHECK_THROWS_WITH(
      slurm::write_trial_configs(path, paradigm, "bio_trained"),
      Catch::Contains("v1_v1_edges_bio_trained.h5") && Catch::Contains("config_bio_trained.json"));
  CHECK_FALSE(fs::exists(path / "configs/filternet_8dir_10trials"));
  std::ofstream(path / "network/v1_v1_edges_bio_trained.h5") << "edges";
  CHECK_NOTHROW(slurm::write_trial_configs(path, paradigm, "bio_trained"));
  fs::remove(path / "configs/config_filternet.json");
  CHECK_THROWS_WITH(slurm::write_trial_configs(path, paradigm, "plain"),
                    Catch::Contains("config_filternet.json") && Catch::Contains("8dir_10trials"));
}

TEST_CASE_METHOD(Base, "templates that are no templates are refused") {
  const auto paradigm = io::read_paradigm("8dir_10trials", nullptr);
  auto two = filternet_template();
  two["inputs"]["second"] = two["inputs"]["LGN_spikes"];
  write("config_filternet.json", two);
  CHECK_THROWS_WITH(slurm::write_trial_configs(path, paradigm, "plain"), Catch::Contains("this has 2"));
  auto odd = filternet_template();
  odd["manifest"] = 5;
  write("config_filternet.json", odd);
  CHECK_THROWS_AS(slurm::write_trial_configs(path, paradigm, "plain"), core::ConfigError);
}
