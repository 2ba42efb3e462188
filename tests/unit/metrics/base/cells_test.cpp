// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/cells.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/named_windows.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/options/trial_design.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

TEST_CASE("the 22 populations fall into 19 cell types") {
  const std::pair<const char*, const char*> expected[] = {
      {"i1Htr3a", "L1_Inh"},  {"e23Cux2", "L2/3_Exc"}, {"i23Pvalb", "L2/3_PV"}, {"i23Sst", "L2/3_SST"},
      {"i23Vip", "L2/3_VIP"}, {"e4Nr5a1", "L4_Exc"},   {"e4Rorb", "L4_Exc"},    {"e4Scnn1a", "L4_Exc"},
      {"e4other", "L4_Exc"},  {"i4Pvalb", "L4_PV"},    {"i4Sst", "L4_SST"},     {"i4Vip", "L4_VIP"},
      {"e5ET", "L5_ET"},      {"e5IT", "L5_IT"},       {"e5NP", "L5_NP"},       {"i5Pvalb", "L5_PV"},
      {"i5Sst", "L5_SST"},    {"i5Vip", "L5_VIP"},     {"e6Ntsr1", "L6_Exc"},   {"i6Pvalb", "L6_PV"},
      {"i6Sst", "L6_SST"},    {"i6Vip", "L6_VIP"},     {"other", "other"},      {"e7X", "e7X"}};
  for (const auto& [population, type] : expected) CHECK(cell_type_of(population) == type);
}

TEST_CASE("labels are cleaned, grouped and ordered") {
  CHECK(clean_label("L1 Htr3a") == "L1_Inh");
  CHECK(clean_label("L2/3 Exc") == "L2/3_Exc");
  CHECK(aggregate_l5("L5_NP") == "L5_Exc");
  CHECK(aggregate_l5("L5_PV") == "L5_PV");
  CHECK(simplify_inhibitory("L6_VIP") == "VIP");
  CHECK(simplify_inhibitory("L1_Inh") == "L1_Inh");
  CHECK(simplify_inhibitory("L5_ET") == "L5_ET");
  CHECK(class_of("L5_ET") == "Exc");
  std::vector<std::string> types{"VIP", "L1_Inh", "zzz", "L6_Exc", "L2/3_Exc", "L4_PV", "L5_IT"};
  sort_types(types);
  CHECK(types == std::vector<std::string>{"L2/3_Exc", "L5_IT", "L6_Exc", "L1_Inh", "L4_PV", "VIP", "zzz"});
}

TEST_CASE("the respective-layer filter looks at edges with one inhibitory end only") {
  CHECK(in_respective_layers("L4_PV", "L4_Exc"));
  CHECK_FALSE(in_respective_layers("L4_PV", "L5_IT"));
  CHECK_FALSE(in_respective_layers("L5_IT", "L4_PV"));
  CHECK(in_respective_layers("L1_Inh", "L5_IT"));
  CHECK(in_respective_layers("L5_IT", "L1_Inh"));
  CHECK(in_respective_layers("L4_PV", "L5_SST"));
  CHECK(in_respective_layers("L4_Exc", "L6_Exc"));
  CHECK(in_respective_layers("PV", "L4_Exc"));
}

TEST_CASE("positions and angles that are no finite numbers are refused, but for an angle that is not known") {
  const double nan = std::nan(""), infinity = INFINITY;
  const auto read = [](const test::TestCell& second) {
    const TemporaryFolder folder;
    test::write_network(folder.path(), {{"e4Rorb", 120, 160, 10}, second});
    return read_cells(folder.path(), {});
  };
  CHECK_THROWS_WITH(read({"i4Sst", nan, 0, 0}), Catch::Contains("x=nan of node 1"));
  CHECK_THROWS_WITH(read({"i4Sst", 0, -infinity, 0}), Catch::Contains("z=-inf of node 1"));
  CHECK_THROWS_WITH(read({"i4Sst", 0, 0, infinity}), Catch::Contains("tuning_angle=inf of node 1"));
  CHECK(std::isnan(read({"i4Sst", 0, 0, nan}).tuning_angle[1]));
}

TEST_CASE("cells at the radius belong to the inclusive core only") {
  const TemporaryFolder folder;
  test::write_network(folder.path(),
                      {{"e4Rorb", 120, 160, 10}, {"i4Sst", 0, 199.9}, {"e5ET", 0, 0}, {"i5Vip", 0, 200.1}});
  const auto strict = read_cells(folder.path(), {});
  CHECK(strict.core == std::vector<char>{0, 1, 1, 0});
  const auto inclusive = read_cells(folder.path(), {.radius_um = 200, .edge = CoreRule::Edge::inclusive});
  CHECK(inclusive.core == std::vector<char>{1, 1, 1, 0});
  CHECK(strict.type_of(2) == "L5_ET");
  CHECK(strict.population_of(1) == "i4Sst");
  CHECK(strict.tuning_angle[0] == 10);
  CHECK(strict.row_of(3) == 3u);
  CHECK_FALSE(strict.row_of(4));
}

TEST_CASE("windows keep or drop their ends") {
  const auto evoked = window_named("evoked"), contrast = window_named("contrast"),
             spectra = window_named("spectra");
  CHECK_FALSE(evoked.contains(500));
  CHECK(evoked.contains(500.25));
  CHECK(evoked.contains(2500));
  CHECK_FALSE(contrast.contains(700));
  CHECK_FALSE(contrast.contains(2500));
  CHECK(spectra.contains(700));
  CHECK(spectra.contains(2700));
  CHECK(window_named("spontaneous").seconds() == 0.4);
  CHECK(to_text(evoked) == "(500, 2500] ms");
  CHECK(window_named("whole") == whole_file);
  CHECK(to_text(whole_file) == "whole file");
  CHECK_THROWS_WITH(window_named("evokd"), Catch::Contains("did you mean evoked?"));
  for (const char* text : {"(500, 2500]", "[0,1)"}) CHECK(core::parse_window(text));
  for (const char* text :
       {"", "500, 2500", "(500 2500]", "(2500, 500]", "(5, 5]", "(-1, 5]", "(a, 5]", "(1, inf]"})
    CHECK_FALSE(core::parse_window(text));
  const Slots slots{.begin_s = 0.25, .width_s = 0.25, .count = 118};
  CHECK_FALSE(slots.index(249.75));
  CHECK(slots.index(250) == 0u);
  CHECK(slots.index(499.75) == 0u);
  CHECK(slots.index(500) == 1u);
  CHECK(slots.index(29749.75) == 117u);
  CHECK_FALSE(slots.index(29750));
}

TEST_CASE("trials have the reference's names and order") {
  const auto runs = [](const char* paradigm, const char* option) {
    return run_directories(io::read_paradigm(paradigm, nullptr), "B", option);
  };
  REQUIRE(runs("8dir_10trials", "plain").size() == 80);
  CHECK(runs("8dir_10trials", "plain")[37] == "B/8dir_10trials_plain/angle135_trial7");
  const auto contrasts = runs("contrasts", "bio_trained");
  REQUIRE(contrasts.size() == 510);
  CHECK(contrasts[29] == "B/contrasts_bio_trained/angle0_contrast0.0_trial29");
  CHECK(contrasts[40] == "B/contrasts_bio_trained/angle0_contrast0.1_trial0");
  CHECK(contrasts[509] == "B/contrasts_bio_trained/angle315_contrast0.8_trial9");
  REQUIRE(runs("bo", "plain").size() == 50);
  CHECK(runs("bo", "plain")[7] == "B/output_bo_plain/chunk_07");
  CHECK(runs("imagenet", "naive").size() == 60);
}

TEST_CASE(
    "spikes are counted per trial, window and cell, absent files do not count, unknown ids are refused") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb"}, {"i4Sst"}});
  const auto cells = read_cells(folder.path(), {});
  test::write_spikes(folder.path() / "a", {100, 500, 500.5, 2500, 2500.5}, {0, 0, 0, 1, 1});
  const std::filesystem::path runs[] = {folder.path() / "a", folder.path() / "none"};
  const auto counts =
      count_trials(runs, cells, {{window_named("evoked"), window_named("spontaneous")}, {}}, {});
  CHECK(counts.missing == std::vector<char>{0, 1});
  CHECK(counts.missing_count() == 1);
  CHECK(counts.at(0, 0, 0) == 1);  // 500.5
  CHECK(counts.at(0, 0, 1) == 1);  // 2500
  CHECK(counts.at(0, 1, 0) == 1);  // 500, not 100
  CHECK(counts.at(0, 1, 1) == 0);
  CHECK(counts.at(1, 0, 0) == 0);
  test::write_spikes(folder.path() / "none", {700}, {9});
  CHECK_THROWS_WITH(count_trials(runs, cells, {{window_named("evoked")}, {}}, {}), Catch::Contains("node 9"));
}

TEST_CASE("spikes read in blocks are those read at once") {
  const TemporaryFolder folder;
  test::write_spikes(folder.path(), {5, 4, 3, 2, 1}, {1, 2, 3, 4, 5});
  std::vector<double> times;
  std::size_t blocks = 0;
  io::visit_spikes_h5(
      folder.path() / "spikes.h5", "v1",
      [&](const io::SpikeTrains& part) {
        ++blocks;
        times.insert(times.end(), part.time_ms.begin(), part.time_ms.end());
      },
      2);
  CHECK(blocks == 3);
  CHECK(times == std::vector<double>{5, 4, 3, 2, 1});
}
