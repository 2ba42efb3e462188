// SPDX-License-Identifier: BSD-3-Clause
// What the reference's workflow makes, by its names; experiments; patterns.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>

#include "core/errors/error.hpp"
#include "slurm/plan/freshness.hpp"
#include "support/planned_network.hpp"

using namespace striate;
using Catch::Contains;
using test::lgn_config;
using test::Place;
using test::run_config;
using test::shipped;
namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

TEST_CASE("Adjusted weights and tuned background are made from what they need") {
  const Place place;
  place.build();
  for (const char* file :
       {"network/v1_v1_edge_types.csv", "network/bkg_v1_edges.h5", "network/bkg_v1_edge_types.csv",
        "network/lgn_v1_edges.h5", "network/lgn_v1_edge_types.csv"})
    place.write(file);
  auto config = run_config("adjusted", {});
  config["networks"]["edges"][0]["edges_file"] = "$BASE_DIR/network/v1_v1_edges_adjusted.h5";
  place.write("configs/config_adjusted.json", config.dump());
  CHECK(place.labels({"output_adjusted/spikes.h5"}) == Texts{"if-curves of tiny", "target-current of tiny",
                                                             "adjust of tiny",
                                                             "simulation of tiny/output_adjusted"});
  CHECK(place.labels({"metrics/modulation.csv"}).back() == "adjust of tiny");
  // Weights that somebody brought stay: tables are made without them.
  place.write("network/v1_v1_edges_adjusted.h5");
  CHECK(place.labels({"output_adjusted/spikes.h5"}) == Texts{"simulation of tiny/output_adjusted"});
  const auto tables = place.plan({"metrics/actuation_matrix.csv"}).steps.back().step;
  CHECK(tables.arguments == Texts{"adjust", place.base.string(), "--tables-only"});
  CHECK(tables.outputs == std::vector<fs::path>{place.base / "metrics/actuation_matrix.csv",
                                                place.base / "metrics/modulation.csv"});
  // Those with their tables beside them were made here.
  place.write("metrics/actuation_matrix.csv");
  place.write("metrics/modulation.csv");
  CHECK(place.labels({"output_adjusted/spikes.h5"}).size() == 4);

  auto tuning = run_config("bkgtune", {"$LGNINPUT_DIR/spikes.h5", "$BKGINPUT_DIR/bkg_spikes_250Hz_10s.h5"});
  tuning["manifest"]["$LGNINPUT_DIR"] = "$BASE_DIR/filternet_bkgtune";
  place.write("configs/config_bkgtune.json", tuning.dump());
  auto gray = lgn_config();
  gray["manifest"]["$OUTPUT_DIR"] = "$BASE_DIR/filternet_bkgtune";
  place.write("configs/config_filternet_bkgtune.json", gray.dump());
  const auto tuned = place.plan({"network/bkg_v1_edge_types_adjusted.csv"});
  CHECK(tuned.steps.size() == 3);
  CHECK(tuned.steps.back().step.arguments ==
        Texts{"tune", "background", place.base.string(), "--adjusted-only"});
}

TEST_CASE("Pictures have the reference's names, too") {
  const Place place;
  place.build();
  for (const auto& [file, kind] : {std::pair<std::string, std::string>{"figures/OSI_DSI_plain.png", "odsi"},
                                   {"figures/contrast_responsive_cells_plain.pdf", "responders"},
                                   {"output_plain/raster_and_spectra_by_tuning_angle.png", "raster"}}) {
    INFO(file);
    const auto last = place.plan({file}).steps.back().step;
    CHECK(last.arguments[1] == kind);
    CHECK(last.arguments.back() == (place.base / file).string());
    CHECK(last.outputs == std::vector<fs::path>{place.base / file});
  }
}

TEST_CASE("Experiments are known before their cohorts are") {
  const Place place;
  place.build();
  place.write("network/v1_v1_edges_bio_trained.h5");
  const auto labels = place.labels({"output_pv_neg1000/spikes.h5"});
  CHECK(labels.size() == 6);  // the option's run, which config_bio_trained names as input, has three
  CHECK(labels[0] == "nodesets celltypes of tiny");
  CHECK(labels[1] == "configuration of tiny pv_neg1000");
  auto plan = place.plan({"metrics/suppression_exc_low_core_neg1000.csv"});
  const auto& last = plan.steps.back().step;
  CHECK(last.arguments == Texts{"metrics", "suppression", place.base.string(), "exc_low_core_neg1000",
                                "--targets", "node_sets/low_outgoing_exc_core_nodes.json", "--baseline",
                                "bio_trained"});
  for (const char* table : {"OSI_DSI_DF_bio_trained.csv", "OSI_DSI_DF_exc_low_core_neg1000.csv",
                            "dg_trial_averaged_sparsity_exc_low_core_neg1000.h5"})
    CHECK(std::ranges::count(last.inputs, place.base / "metrics" / table) == 1);
  CHECK(place.labels({"figures/suppression_exc_low_core_neg1000.png"}).size() == plan.steps.size() + 1);

  // Cells of the cohort stand in the trials' configurations, so the experiment's comes first.
  slurm::find_reasons(plan.steps);
  const auto config = place.base / "configs/config_exc_low_core_neg1000.json";
  CHECK(slurm::unknown_origins(plan) == std::vector<fs::path>{config});
  for (const char* cells : {"pv", "sst", "vip"}) place.write(fmt::format("node_sets/{}_nodes.json", cells));
  const auto rules = workflows::condition_rules();
  const auto pv = std::ranges::find(rules.conditions, "pv_neg1000", &slurm::Condition::name);
  auto made = rules.planned_config(*pv, shipped("tiny")->configs["config_bio_trained.json"], "config");
  place.write("configs/config_pv_neg1000.json", made.dump());
  plan = place.plan({"8dir_10trials_pv_neg1000/angle0_trial0/spikes.h5"});
  slurm::find_reasons(plan.steps);
  CHECK(slurm::unknown_origins(plan).empty());
  const auto configuration =
      std::ranges::find(plan.steps, "nodesets", [](const auto& step) { return step.step.arguments.front(); });
  REQUIRE(configuration != plan.steps.end());
  CHECK(configuration->reason.empty());
  fs::last_write_time(place.base / "node_sets/pv_nodes.json",
                      fs::file_time_type::clock::now() + std::chrono::seconds(100));
  slurm::find_reasons(plan.steps);
  CHECK(slurm::unknown_origins(plan).size() == 1);
  CHECK_THAT(plan.steps.back().reason, Contains("angle0_trial0/spikes.h5 is missing"));

  // One that somebody wrote for other edges or another current is a source.
  made["inputs"]["PVClamp"]["amp"] = -500;
  place.write("configs/config_pv_neg1000.json", made.dump());
  CHECK(place.labels({"configs/config_pv_neg1000.json"}).empty());
}

TEST_CASE("A percent sign stands for any text within a name") {
  const Place place;
  place.build();
  CHECK(place.labels({"metrics/%_currents.csv"}) == Texts{"if-curves of tiny", "target-current of tiny"});
  CHECK(place.labels({"figures/r%r_plain.png"}).back() == "picture: raster of tiny plain");
  CHECK(slurm::plan_of({place.folder.path() / "%/output_plain/spikes.h5"}, shipped, {},
                       workflows::table_rules())
            .steps.size() == 3);
  CHECK_THROWS_WITH(place.plan({"metrics/%_nothing.csv"}), Contains("nothing to make is named like"));
  CHECK_THROWS_WITH(slurm::plan_of({place.folder.path() / "no%/output_plain/spikes.h5"}, shipped, {},
                                   workflows::table_rules()),
                    Contains("nothing to make is named like"));
  // What cannot be made is left out while something can.
  CHECK(place.labels({"metrics/preferred_direction_fits_%.csv"}).size() == 3 * 80 + 2);
  CHECK_THROWS_AS(place.plan({"figures/suppression_pl%.png"}), core::MissingFileError);
}

TEST_CASE("A picture over ten networks is made of the tables of each") {
  const test::TemporaryFolder folder;
  const auto ten = [](const std::string& name) {
    return name.starts_with("core_nll_") ? shipped("tiny") : std::nullopt;
  };
  for (int k = 0; k < 10; ++k) {  // which the user brings
    const auto images = folder.path() / fmt::format("core_nll_{}/images", k);
    fs::create_directories(images);
    std::ofstream(images / "imagenet_images.h5") << "x";
  }
  for (const auto& [picture, kind, table, figure_table] :
       {std::array<std::string, 4>{"aggregated_response_correlation/plain.png", "correlation",
                                   "metrics/correlation_pairs_plain.csv",
                                   "correlation_pairs_plain_10_networks.csv"},
        {"aggregate_spectra/plain.pdf", "spectra", "metrics/spectra_plain.csv",
         "spectra_plain_10_networks.csv"}}) {
    INFO(picture);
    const auto target = folder.path() / picture;
    const auto plan = slurm::plan_of({target}, ten, {}, workflows::table_rules());
    CHECK(plan.bases.size() == 10);
    REQUIRE(plan.steps.size() > 12);
    const auto& pooled = plan.steps[plan.steps.size() - 2].step;
    const auto& last = plan.steps.back().step;
    CHECK(last.outputs == std::vector<fs::path>{target});
    CHECK(last.arguments[1] == kind);
    CHECK(std::ranges::count(last.inputs, target.parent_path() / figure_table) == 1);
    CHECK(pooled.outputs == last.inputs);
    CHECK(pooled.arguments[1] == kind);
    CHECK(pooled.arguments.back() == target.parent_path().string());
    for (const auto* arguments : {&pooled.arguments, &last.arguments}) {
      const auto networks = std::ranges::find(*arguments, "--networks");
      REQUIRE(arguments->end() - networks > 10);
      CHECK((*arguments)[2] == (folder.path() / "core_nll_0").string());
      for (int k = 1; k < 10; ++k)
        CHECK(networks[k] == (folder.path() / fmt::format("core_nll_{}", k)).string());
    }
    for (int k = 0; k < 10; ++k) {
      const auto network = folder.path() / fmt::format("core_nll_{}", k);
      CHECK(std::ranges::count(pooled.inputs, network / table) == 1);
      CHECK(std::ranges::count_if(plan.steps, [&](const auto& made) {
              return std::ranges::count(made.step.outputs, network / table) == 1;
            }) == 1);
    }
  }
  CHECK_THROWS_WITH(
      slurm::plan_of({folder.path() / "aggregate_spectra/other.png"}, ten, {}, workflows::table_rules()),
      Contains("no network directory in target"));
}
