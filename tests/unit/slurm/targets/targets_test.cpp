// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/targets/targets.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>

#include "core/errors/error.hpp"
#include "slurm/plan/freshness.hpp"
#include "slurm/plan/training_step.hpp"
#include "support/planned_network.hpp"

using namespace striate;
using Catch::Contains;
using test::lgn_config;
using test::Place;
using test::run_config;
using test::shipped;
namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

TEST_CASE("A run of a network that is not there leads back to its build") {
  const Place place;
  CHECK(place.labels({"output_plain/spikes.h5"}) == Texts{"build of tiny", "LGN of tiny/filternet",
                                                          "background of tiny/bkg",
                                                          "simulation of tiny/output_plain"});
  CHECK(place.labels({"output_plain/spikes.csv", "output_plain/spikes.h5"}).size() == 4);
  const auto plan = place.plan({"output_plain/spikes.h5"});
  CHECK(plan.base == place.base);
  const auto& build = plan.steps[0].step;
  CHECK(build.arguments == Texts{"build", "tiny", "-o", place.base.string()});
  CHECK(std::ranges::count(build.outputs, place.base / "configs/config_plain.json") == 1);
  const auto& run = plan.steps[3].step;
  CHECK(run.arguments == Texts{"simulate", (place.base / "configs/config_plain.json").string()});
  for (const char* input : {"configs/config_plain.json", "network/v1_nodes.h5", "network/v1_v1_edges.h5",
                            "filternet/spikes.h5", "bkg/bkg_spikes_250Hz_3s.h5"})
    CHECK(std::ranges::count(run.inputs, place.base / input) == 1);
}

TEST_CASE("A network that is there is a source, one whose build was interrupted is made anew") {
  const Place place;
  place.build();
  CHECK(place.labels({"filternet/spikes.h5"}) == Texts{"LGN of tiny/filternet"});
  CHECK(place.labels({"network/v1_nodes.h5", "configs/config_plain.json", "components"}).empty());
  fs::remove(place.base / "network/v1_v1_edges.h5");
  CHECK_THROWS_WITH(place.plan({"output_plain/spikes.h5"}), Contains("v1_v1_edges.h5 (simulation of ") &&
                                                                Contains("output_plain needs it") &&
                                                                Contains("--force"));
  place.write("network/v1_v1_edges.h5.incomplete");
  CHECK(place.plan({"output_plain/spikes.h5"}).steps[0].step.arguments.back() == "--force");
}

TEST_CASE("Runs may need runs, and circles are refused") {
  const Place place;
  place.build();
  CHECK(place.labels({"output_bio_trained/spikes.h5"}).back() == "simulation of tiny/output_bio_trained");
  CHECK(place.labels({"output_bio_trained/spikes.h5"}).size() == 4);
  place.write("configs/config_plain.json",
              run_config("plain", {"$BASE_DIR/output_bio_trained/spikes.h5"}).dump());
  CHECK_THROWS_WITH(place.plan({"output_plain/spikes.h5"}), Contains("is needed to make itself"));
}

TEST_CASE("Reports are outputs of a run, by their name where they have no file_name") {
  const Place place;
  place.build();
  auto config = run_config("reporting", {});
  config["reports"] = io::Json::parse(R"({"v": {"module": "multimeter_report"},
    "i": {"module": "membrane_report", "file_name": "i_traces.h5"}, "spikes": {"module": "spikes_report"},
    "off": {"module": "multimeter", "enabled": false}})");
  place.write("configs/config_reporting.json", config.dump());
  const auto folder = place.base / "output_reporting";
  CHECK(place.plan({"output_reporting/v.h5"}).steps.back().step.outputs ==
        std::vector<fs::path>{folder / "spikes.h5", folder / "spikes.csv", folder / "v.h5",
                              folder / "i_traces.h5"});
}

TEST_CASE("Trials of paradigms come with their background and LGN") {
  const Place place;
  CHECK(place.labels({"8dir_10trials_plain/angle45_trial3/spikes.h5"}) ==
        Texts{"build of tiny", "LGN of tiny/filternet_8dir_10trials/angle45_trial3",
              "background of tiny/bkg_8dir_10trials/angle45_trial3",
              "simulation of tiny/8dir_10trials_plain/angle45_trial3"});
  place.build();
  CHECK(place.labels({"filternet_contrasts/angle0_contrast0.0_trial29/spikes.h5"}).size() == 1);
  CHECK(place.labels({"bkg_8dir_10trials/angle0_trial0/bkg_spikes_250Hz_3s.h5"}).size() == 1);
  const auto plan = place.plan({"8dir_10trials_plain/angle45_trial3/spikes.h5"});
  const auto& made = plan.steps.back();
  REQUIRE(made.configs.size() == 1);
  CHECK(made.configs[0].file == place.base / "configs/8dir_10trials_plain/config_13.json");
  CHECK_THAT(made.configs[0].text, Contains("$BASE_DIR/8dir_10trials_plain/angle45_trial3"));
  CHECK(made.step.arguments == Texts{"simulate", made.configs[0].file.string()});
  CHECK_FALSE(fs::exists(made.configs[0].file));
  for (const auto& step : plan.steps)
    if (step.step.stage == slurm::Stage::background)
      CHECK(step.step.arguments == Texts{"background", place.base.string(), "--paradigm", "8dir_10trials",
                                         "--trial=angle45_trial3"});
}

TEST_CASE("Trials of networks with one background unit read the file that is made for them") {
  const Place place;
  place.build();
  place.write_background_units({0});
  const fs::path file = "bkg_8dir_10trials/angle45_trial3/bkg_spikes_1kHz_3s.h5";
  const auto plan = place.plan({"8dir_10trials_plain/angle45_trial3/spikes.h5"});
  REQUIRE(plan.steps.size() == 3);
  CHECK(std::ranges::count(plan.steps.back().step.inputs, place.base / file) == 1);
  CHECK(place.labels({file.string()}) == Texts{"background of tiny/bkg_8dir_10trials/angle45_trial3"});
}

TEST_CASE("Tables of a paradigm need all of its trials, a user's paradigm comes before the shipped one") {
  const Place place;
  place.build();
  auto plan = place.plan({"metrics/similarity_plain.csv"});
  CHECK(plan.steps.size() == 3 * 80 + 2);
  slurm::find_reasons(plan.steps);
  const auto steps = slurm::packed(plan.steps, {.most = 10, .jobs = 1});
  for (const auto stage : {slurm::Stage::background, slurm::Stage::lgn, slurm::Stage::simulate})
    CHECK(std::ranges::count(steps, stage, [](const auto& made) { return made.step.stage; }) == 8);
  CHECK(steps.back().step.label == "similarity of " + (place.base / "8dir_10trials_plain").string());

  place.write("configs/paradigms/mine.yaml",
              "description: two trials\nduration_ms: 1000\ntrials:\n  - angle: [0, 90]\n    trial: 0..0\n"
              "trial_name: angle{angle}_trial{trial}\n"
              "lgn: {template: config_filternet.json, folder: filternet_mine}\n"
              "background: {folder: bkg_mine, file: \"{name}/b.h5\", rate_hz: 250, seed: 1}\n"
              "runs: 8dir_10trials_{option}\ntables: metrics\n"
              "windows: {evoked: \"(500, 900]\", spontaneous: \"(100, 500]\"}\nmetrics: [odsi]\n");
  plan = place.plan({"metrics/OSI_DSI_DF_plain.csv"});
  CHECK(plan.steps.size() == 3 * 2 + 1);
  CHECK(plan.steps[1].step.arguments[3] == (place.base / "configs/paradigms/mine.yaml").string());
  const auto file = (place.base / "configs/paradigms/mine.yaml").string();
  CHECK(plan.steps.back().step.arguments ==
        Texts{"metrics", "odsi", place.base.string(), "plain", "--paradigm", file});
}

TEST_CASE("Tables of a user's paradigm lie in a folder of its own, made of its own runs") {
  const Place place;
  place.build();
  place.write("configs/paradigms/mine.yaml",
              "extends: 8dir_10trials\nruns: mine_{option}\nmetrics: [odsi, similarity]\n");
  const auto plan = place.plan({"metrics/mine/similarity_plain.csv"});
  const auto& odsi = plan.steps[plan.steps.size() - 2].step;
  CHECK(odsi.outputs == std::vector<fs::path>{place.base / "metrics/mine/OSI_DSI_DF_plain.csv",
                                              place.base / "metrics/mine/Rates_DF_plain.csv"});
  CHECK(std::ranges::count(odsi.inputs, place.base / "mine_plain/angle45_trial3/spikes.h5") == 1);
  CHECK(std::ranges::count(plan.steps.back().step.inputs, odsi.outputs[0]) == 1);
  CHECK(plan.steps.back().step.outputs[0] == place.base / "metrics/mine/similarity_plain.csv");
}

TEST_CASE("Every table and picture is a target, with its arguments and files as its kind says") {
  const Place place;
  place.build();
  place.write("images/natural_images.h5");
  place.write("images/imagenet_images.h5");
  place.write("network/lgn_node_types.csv");
  place.write("training/plain/log.csv");
  for (const char* source : {"v1", "lgn", "bkg"}) {
    place.write(fmt::format("network/{}_v1_edge_types.csv", source));
    place.write(fmt::format("network/{}_v1_edges.h5", source));
  }
  std::vector<std::pair<std::string, std::string>> kind_of_file;
  Texts targets;
  for (const auto* kinds : {&workflows::metric_kinds(), &workflows::figure_kinds()})
    for (const auto& kind : *kinds)
      for (std::string file : kind.writes) {
        if (kind.name == std::string("suppression")) continue;  // it is told more than BASE and OPT
        for (const auto& [key, value] : {std::pair<std::string, std::string>{"{tables}", "metrics"},
                                         {"{runs}", "contrasts_plain"},
                                         {"{cache}", "cached_rates_plain"},
                                         {"{window:spectra}", "700to2700"},
                                         {"{paradigm}", "8dir_10trials"},
                                         {"{option}", "plain"}})
          for (auto at = file.find(key); at != std::string::npos; at = file.find(key))
            file.replace(at, key.size(), value);
        // Of that table, of experiments with several currents, and of samples that `correlation` and
        // `preferred-direction` draw when they are told to.
        if (file.starts_with("figures/suppression") || file.starts_with("figures/slopes") ||
            file.starts_with("figures/p-values"))
          continue;
        kind_of_file.emplace_back(file, kind.name);
        targets.push_back(file);
      }
  const auto steps = place.plan(targets).steps;
  for (const auto& [file, kind] : kind_of_file) {
    INFO(file);
    const auto maker = std::ranges::find_if(steps, [&, &file = file](const auto& each) {
      return std::ranges::count(each.step.outputs, place.base / file) == 1;
    });
    REQUIRE(maker != steps.end());
    CHECK(maker->step.arguments[1] == kind);
  }
}

TEST_CASE("Tables that any paradigm can have are made when they are named, and pictures of them") {
  const Place place;
  place.build();
  const auto plan = place.plan({"figures/tuning_8dir_10trials_plain.png"});
  const auto& picture = plan.steps.back().step;
  CHECK(picture.arguments == Texts{"plot", "tuning", "8dir_10trials", place.base.string(), "plain"});
  const auto& table = plan.steps[plan.steps.size() - 2].step;
  CHECK(table.arguments == Texts{"metrics", "tuning", "8dir_10trials", place.base.string(), "plain"});
  CHECK(std::ranges::count(table.inputs, place.base / "8dir_10trials_plain/angle45_trial3/spikes.h5") == 1);
  CHECK(std::ranges::count(picture.inputs, table.outputs[0]) == 1);
  // A user's paradigm asks for them; its file counts, too, and its tables may lie elsewhere.
  place.write("configs/paradigms/mine.yaml",
              "extends: 8dir_10trials\nruns: mine_{option}\ntables: metrics/mine\nmetrics: [tuning]\n");
  const auto mine = place.plan({"figures/tuning_mine_plain.png"});
  const auto& own = mine.steps[mine.steps.size() - 2].step;
  CHECK(own.outputs[0] == place.base / "metrics/mine/tuning_by_type_mine_plain.csv");
  CHECK(own.arguments[2] == (place.base / "configs/paradigms/mine.yaml").string());
  CHECK(std::ranges::count(own.inputs, place.base / "configs/paradigms/mine.yaml") == 1);
  CHECK(std::ranges::count(mine.steps.back().step.arguments, (place.base / "metrics/mine").string()) == 1);
  // Images have no such tables.
  CHECK_THROWS_WITH(place.plan({"metrics/tuning_by_type_bo_plain.csv"}), Contains("unknown target"));
}

TEST_CASE("Receptive fields are made of gratings, noise or connections, whatever the file's name says") {
  const Place place;
  place.build();
  place.write("network/lgn_node_types.csv");
  place.write("network/lgn_v1_edge_types.csv");
  place.write("network/lgn_v1_edges.h5");
  const auto base = place.base.string();
  const auto structure = place.plan({"figures/receptive-field.png"}).steps;
  REQUIRE(structure.size() == 2);
  CHECK(structure[0].step.arguments == Texts{"metrics", "receptive-field", base, "--from", "structure"});
  CHECK(structure[0].step.stage == slurm::Stage::metrics);
  CHECK(std::ranges::count(structure[0].step.inputs, place.base / "network/lgn_v1_edges.h5") == 1);
  CHECK(structure[0].step.outputs == std::vector<fs::path>{place.base / "metrics/rf_structure_cells.csv",
                                                           place.base / "metrics/rf_structure_maps.h5"});
  const auto gabors = place.plan({"figures/gabor-fields_plain.png"}).steps;
  CHECK(gabors[gabors.size() - 2].step.arguments == Texts{"metrics", "receptive-field", base, "plain"});
  const auto noise = place.plan({"figures/noise-fields_plain.png"}).steps;
  const auto& table = noise[noise.size() - 2].step;
  CHECK(table.arguments == Texts{"metrics", "receptive-field", base, "plain", "--from", "noise"});
  CHECK(table.outputs[2] == place.base / "metrics/rf_noise_maps_plain.h5");
  CHECK(noise[0].step.arguments ==
        Texts{"images", base + "/images/sparse_noise.h5", "--kind", "sparse-noise"});
  CHECK_FALSE(noise[0].step.parallel);
  const auto white = place.plan({"metrics/white_noise/rf_noise_cells_plain.csv"}).steps.back().step;
  CHECK(white.arguments ==
        Texts{"metrics", "receptive-field", base, "plain", "--paradigm", "white_noise", "--from", "noise"});
  // Pictures that lie there are sources.
  place.write("images/sparse_noise.h5");
  CHECK(std::ranges::count(noise, "images", [](const auto& made) { return made.step.arguments[0]; }) == 1);
}

TEST_CASE("Arrays in NumPy's formats are made together with the usual files, whatever is named first") {
  const Place place;
  place.build();
  place.write("images/natural_images.h5");
  place.write("images/imagenet_images.h5");
  place.write("network/v1_v1_edges_bio_trained.h5");
  const auto arguments_end = [](const slurm::MadeStep& made) {
    const auto& all = made.step.arguments;
    return Texts(all.end() - 2, all.end());
  };
  for (const auto& [file, kind, format] :
       {std::array<const char*, 3>{"contrasts_plain/spike_counts.npz", "contrast", "npz"},
        {"metrics/distances_bio_trained.npy", "correlation", "npy"}}) {
    INFO(file);
    const auto last = place.plan({file}).steps.back();
    CHECK(last.step.arguments[1] == kind);
    CHECK(arguments_end(last) == Texts{"--format", format});
    CHECK(std::ranges::count(last.step.outputs, place.base / file) == 1);
  }
  const auto alone = place.plan({"metrics/dg_trial_averaged_sparsity_plain.h5"}).steps.back();
  CHECK(alone.step.arguments.size() == 4);
  for (const Texts& targets :
       {Texts{"metrics/dg_sparsity_by_type_plain.csv", "metrics/dg_trial_averaged_sparsity_plain.npy"},
        Texts{"metrics/dg_trial_averaged_sparsity_plain.npy", "metrics/dg_sparsity_by_type_plain.csv"}}) {
    const auto steps = place.plan(targets).steps;
    CHECK(std::ranges::count(steps, "sparsity", [](const auto& made) { return made.step.arguments[1]; }) ==
          1);
    CHECK(arguments_end(steps.back()) == Texts{"--format", "npy"});
  }
  place.write("configs/paradigms/mine.yaml",
              "extends: 8dir_10trials\nruns: mine_{option}\nmetrics:\n"
              "  - {kind: sparsity, arguments: [--format, npy]}\n");
  const auto asked = place.plan({"metrics/mine/dg_sparsity_by_type_plain.csv"}).steps.back();
  CHECK(std::ranges::count(asked.step.outputs,
                           place.base / "metrics/mine/dg_trial_averaged_sparsity_plain.npy") == 1);
}

TEST_CASE("Tables and pictures lead to what they are made of") {
  const Place place;
  place.build();
  CHECK(place.labels({"metrics/target_currents.csv"}) ==
        Texts{"if-curves of tiny", "target-current of tiny"});
  CHECK(place.labels({"figures/raster_plain.svg"}).back() == "picture: raster of tiny plain (svg)");
  CHECK(place.plan({"figures/raster_plain.svg"}).steps.back().step.arguments ==
        Texts{"plot", "raster", place.base.string(), "plain", "-o",
              (place.base / "figures/raster_plain.svg").string()});
  CHECK(place.labels({"figures/odsi_plain.png"}).size() == 3 * 80 + 3);
  CHECK_THROWS_WITH(place.plan({"figures/suppression_plain.png"}),
                    Contains("metrics/suppression_mean_plain.csv") && Contains("'striate metrics'"));
  CHECK(place.labels({"figures/report_plain.html"}).back() == "report of tiny plain");
  place.write("metrics/rates_plain.csv");
  CHECK(place.labels({"figures/report_plain.html"}).size() == 5);
}

TEST_CASE("Weights that are not there are trained when that is wanted, those that are there are sources") {
  const Place place;
  place.build();
  auto config = run_config("naive", {});
  config["networks"]["edges"] =
      io::Json::array({{{"edges_file", "$BASE_DIR/network/v1_v1_edges_naive.h5"}},
                       {{"edges_file", "$BASE_DIR/network/bkg_v1_edges_naive.h5"}}});
  place.write("configs/config_naive.json", config.dump());
  config["networks"]["edges"][0]["edges_file"] = "$BASE_DIR/network/v1_v1_edges_other.h5";
  config["manifest"]["$OUTPUT_DIR"] = "$BASE_DIR/output_other";
  place.write("configs/config_other.json", config.dump());
  slurm::TrainingRule rule{
      .files =
          [](const fs::path& base, const std::string& option) {
            const auto edges = [&](const std::string& source) {
              return base / "network" / (source + "_v1_edges_" + option + ".h5");
            };
            return slurm::TrainedFiles{.config = base / "configs/config_plain.json",
                                       .edges = {edges("v1"), edges("bkg")},
                                       .checkpoint = base / "training" / option / "checkpoint.h5",
                                       .log = base / "training" / option / "log.csv"};
          },
      .is_known = [](const std::string& option) { return option == "naive"; },
      .estimate = [](const fs::path&, const std::string& network,
                     const std::string& option) { return "so long: " + network + " " + option; }};
  auto rules = workflows::table_rules();
  rules.training = &rule;
  const auto plan = [&](const fs::path& target) {
    return slurm::plan_of({place.base / target}, shipped, {}, rules).steps;
  };
  CHECK_THROWS_AS(plan("output_naive/spikes.h5"), core::MissingFileError);
  CHECK_THROWS_WITH(plan("output_naive/spikes.h5"),
                    Contains("v1_v1_edges_naive.h5") && Contains("so long: tiny naive") &&
                        Contains("--train") &&
                        Contains("striate train " + place.base.string() + " --suffix naive"));
  rule.wanted = true;
  CHECK_THROWS_WITH(plan("output_other/spikes.h5"),
                    Contains("v1_v1_edges_other.h5") && Contains("--suffix other' makes it"));
  auto steps = plan("output_naive/spikes.h5");
  REQUIRE(steps.size() == 2);
  const auto& training = steps[0].step;
  CHECK(training.stage == slurm::Stage::train);
  CHECK(training.arguments == Texts{"train", place.base.string(), "--suffix", "naive"});
  CHECK(training.outputs == std::vector<fs::path>{place.base / "network/v1_v1_edges_naive.h5",
                                                  place.base / "network/bkg_v1_edges_naive.h5"});
  // The network is read, not what runs of it read besides: training makes its input by itself.
  CHECK(std::ranges::count(training.inputs, place.base / "network/v1_v1_edges.h5") == 1);
  CHECK(std::ranges::count(training.inputs, place.base / "configs/config_plain.json") == 1);
  CHECK(std::ranges::count(training.inputs, place.base / "filternet/spikes.h5") == 0);
  place.write("training/naive/checkpoint.h5");
  CHECK(plan("network/bkg_v1_edges_naive.h5")[0].step.arguments.back() == "--resume");
  for (const char* file : {"network/v1_v1_edges_naive.h5", "network/bkg_v1_edges_naive.h5"}) {
    place.write(file);
    fs::last_write_time(place.base / file, fs::file_time_type::clock::now() - std::chrono::hours(100));
  }
  CHECK(plan("output_naive/spikes.h5").size() == 1);
}

TEST_CASE("Unknown targets are refused with the nearest known one") {
  const Place place;
  place.build();
  CHECK_THROWS_WITH(place.plan({"metrics/OSI_DSI_DF_plane.csv"}),
                    Contains("did you mean") && Contains("metrics/OSI_DSI_DF_plain.csv?"));
  CHECK_THROWS_WITH(place.plan({"output_plain/spike.h5"}), Contains("output_plain/spikes.h5?"));
  for (const std::string folder : {"8dir_10trials_plain", "filternet_8dir_10trials"})
    CHECK_THROWS_WITH(place.plan({folder + "/angle0_trial0/spike.h5"}),
                      Contains(folder + "/angle0_trial0/spikes.h5?"));
  CHECK_THROWS_AS(place.plan({"output_naive/spikes.h5"}), core::UsageError);
  CHECK_THROWS_WITH(slurm::plan_of({place.folder.path() / "nowhere/output_plain/spikes.h5"}, shipped, {},
                                   workflows::table_rules()),
                    Contains("no network directory"));
  CHECK_THROWS_AS(slurm::plan_of({"tiny/a b"}, shipped, {}, workflows::table_rules()), core::UsageError);
  place.write("metrics/by_hand.csv");
  CHECK(place.labels({"metrics/by_hand.csv"}).empty());
}
