// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/background_tuning.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::interventions;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

constexpr const char* edge_types =
    "edge_type_id target_query source_query delay note syn_weight\n"
    "7 node_type_id=='100' * 1.0 \"[0.0, 1]\" 3.5\n"
    "8 node_type_id=='101' * 1.0 NULL 2\n"
    "9 node_type_id=='555' * 1.0 NULL 0.25\n";

io::TypeTable parse(const std::string& text) {
  return io::TypeTable::parse(text, "bkg_v1_edge_types.csv", "edge_type_id");
}

/// Three e4Rorb (type 100) and one e5IT (101).
Cells tuned_cells(const std::filesystem::path& folder) {
  test::write_network(folder, {{"e4Rorb"}, {"e4Rorb"}, {"e5IT", 500}, {"e4Rorb", 500}});
  return read_cells(folder, {});
}

}  // namespace

TEST_CASE("each cell model is tuned by the median of all its cells") {
  const TemporaryFolder folder;
  const auto cells = tuned_cells(folder.path());
  const auto table = parse(edge_types);
  auto models = models_to_tune(table, cells, {{"e4Rorb", 2}, {"e5IT", 4}});
  REQUIRE(models.size() == 3);
  CHECK(models[0].rows == std::vector<std::uint32_t>{0, 1, 3});
  CHECK(models[0].population == "e4Rorb");
  CHECK(models[2].done());  // no cells
  take_weights(models);
  CHECK(models[0].weight_pA == 0);
  CHECK(models[2].weight_pA == 0.25);
  const std::uint16_t silent[] = {0, 0, 0, 0};
  take_rates(models, silent, 10);
  take_weights(models);
  CHECK(models[1].weight_pA == 64);
  const std::uint16_t spikes[] = {0, 20, 30, 900};  // medians of 2 Hz and 3 Hz
  take_rates(models, spikes, 10);
  CHECK(models[0].rate_hz == 2);
  CHECK(models[0].done());
  CHECK(models[1].rate_hz == 3);
  CHECK(models[1].solver.out_of_reach());
  CHECK_FALSE(all_done(models));
  take_weights(models);
  CHECK(models[0].weight_pA == 64);
  CHECK(models[1].weight_pA == 32);
  CHECK(with_weights(table, models) ==
        "edge_type_id target_query source_query delay note syn_weight\n"
        "7 node_type_id=='100' * 1.0 \"[0.0, 1]\" 64\n"
        "8 node_type_id=='101' * 1.0 NULL 32\n"
        "9 node_type_id=='555' * 1.0 NULL 0.25\n");
  CHECK(to_csv(result_table(models), ',') ==
        "population,node_type_id,cells,target(Hz),rate(Hz),weight(pA),solved\n"
        "e4Rorb,100,3,2.0,2.0,64.0,yes\n"
        "e5IT,101,1,4.0,3.0,32.0,no\n"
        "\"\",555,0,NaN,NaN,0.25,no_cells\n");
  const auto progress = progress_table(models);
  CHECK(progress.find("e4Rorb            2.000     2.000     2.000       1/1") != std::string::npos);
  CHECK(progress.find("e5IT              4.000     3.000     3.000       0/1") != std::string::npos);
}

TEST_CASE("tables of edge types that cannot be tuned are refused") {
  const TemporaryFolder folder;
  const auto cells = tuned_cells(folder.path());
  const std::map<std::string, double> targets{{"e4Rorb", 2}, {"e5IT", 4}};
  const std::string header = "edge_type_id target_query syn_weight\n";
  CHECK_THROWS_AS(models_to_tune(parse(header + "7 pop_name=='e4Rorb' 1\n"), cells, targets),
                  core::FormatError);
  CHECK_THROWS_AS(models_to_tune(parse(header + "7 node_type_id=='' 1\n"), cells, targets),
                  core::FormatError);
  CHECK_THROWS_AS(models_to_tune(parse(header + "7 node_type_id=='100' NULL\n"), cells, targets),
                  core::FormatError);
  CHECK_THROWS_AS(models_to_tune(parse(header + "7 node_type_id=='100' 1\n"), cells, {{"e5IT", 4}}),
                  core::ConfigError);
}

TEST_CASE("targets are medians of recordings, those of layer 5 for its three types") {
  const TemporaryFolder folder;
  const auto cells = tuned_cells(folder.path());
  const ReferenceValues reference{.source = "test",
                                  .values = {{"L4_Exc", {{"spontaneous_rate", {1, 2, 4, 9}}}},
                                             {"L5_Exc", {{"spontaneous_rate", {0.5, 7, 8}}}}}};
  CHECK(recorded_median_rates(cells, reference) == std::map<std::string, double>{{"e4Rorb", 3}, {"e5IT", 7}});
}

TEST_CASE("target rates are read by population, separated by commas or blanks") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "targets.csv";
  const auto read = [&](const std::string& text) {
    std::ofstream(file) << text;
    return read_target_rates(file);
  };
  const std::map<std::string, double> expected{{"e4Rorb", 2.5}, {"e5IT", 0}};
  CHECK(read("# note\npopulation,target_median_fr\ne4Rorb,2.5\ne5IT,0\n") == expected);
  CHECK(read("model_id pop_name target_median_fr\n1 e4Rorb 2.5\n2 e4Rorb 2.5\n3 e5IT 0\n") == expected);
  CHECK_THROWS_AS(read("population,target_median_fr\ne4Rorb,-0.1\n"), core::FormatError);
  CHECK_THROWS_AS(read("population,target_median_fr\ne4Rorb,1\ne4Rorb,2\n"), core::FormatError);
  CHECK_THROWS_AS(read("population,rate\ne4Rorb,1\n"), core::FormatError);
}
