// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/suppression.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

/// OSI is 1/4, DSI "NaN"; sparsity is a tenth of the rate.
void write_metrics(const std::filesystem::path& base, const std::string& option,
                   const std::vector<double>& rates) {
  std::filesystem::create_directories(base / "metrics");
  std::ofstream table(base / "metrics" / ("OSI_DSI_DF_" + option + ".csv"));
  table << "node_id DSI OSI max_mean_rate(Hz) Ave_Rate(Hz) Spont_Rate(Hz)\n";
  std::vector<std::uint64_t> ids;
  std::vector<double> sparsity;
  for (const double rate : rates) {
    table << ids.size() << " NaN 0.25 9 " << rate << " 1\n";
    ids.push_back(ids.size());
    sparsity.push_back(rate / 10);
  }
  auto file = io::h5::File::create(base / "metrics" / ("dg_trial_averaged_sparsity_" + option + ".h5"));
  io::h5::write<double>(file, "/dg_trial_averaged_sparsity", sparsity);
  io::h5::write<std::uint64_t>(file, "/node_id", ids);
  file.close();
}

void write_targets(const std::filesystem::path& base, const std::string& text) {
  std::ofstream(base / "targets.json") << text;
}

std::string cell_of(const io::DelimitedTable& table, const std::string& type, const std::string& metric,
                    const char* column) {
  for (const auto& row : table.rows)
    if (row.cells[table.column("cell_type")] == type && row.cells[table.column("metric")] == metric)
      return row.cells[table.column(column)];
  return "no such row";
}

}  // namespace

TEST_CASE("percent change is relative to the baseline, undefined for none") {
  CHECK(percent_change(4, 5) == 25);
  CHECK(percent_change(4, 0) == -100);
  CHECK(std::isnan(percent_change(0, 1)));
  CHECK(std::isnan(percent_change(0, 0)));
}

TEST_CASE("silenced cells leave both sides, layer 5 is pooled over cells, networks are averaged") {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one", two = folder.path() / "two";
  for (const auto& base : {one, two}) {
    test::write_network(base,
                        {{"e5ET", 0, 0}, {"e5ET", 0, 0}, {"e5IT", 0, 0}, {"e5IT", 0, 0}, {"i4Sst", 900, 0}});
    write_metrics(base, "bio_trained", {2, 4, 100, 6, 1});
    write_targets(base, R"({"population": "v1", "node_id": [2]})");
  }
  write_metrics(one, "test", {3, 6, 0, 3, 1});
  write_metrics(two, "test", {2, 4, 0, 6, 1});
  SuppressionRequest request{.networks = {one, two},
                             .option = "test",
                             .output_directory = folder.path(),
                             .targets = "targets.json",
                             .core = {}};
  const auto files = make_suppression(request, {});
  const auto table = io::read_delimited_table(files[0], ',', "test"),
             means = io::read_delimited_table(files[1], ',', "test");
  CHECK(cell_of(table, "L5_ET", "Ave_Rate(Hz)", "percent_change") == "50.0");
  CHECK(cell_of(table, "L5_IT", "Ave_Rate(Hz)", "percent_change") == "-50.0");
  CHECK(cell_of(table, "L5_IT", "dg_sparsity", "percent_change") == "-50.0");
  CHECK(cell_of(table, "L5_Exc", "Ave_Rate(Hz)", "baseline") == "4.0");
  CHECK(cell_of(table, "L5_Exc", "Ave_Rate(Hz)", "percent_change") == "0.0");
  CHECK(cell_of(table, "L5_Exc", "Ave_Rate(Hz)", "baseline_cells") == "3");
  CHECK(cell_of(table, "L5_ET", "OSI", "percent_change") == "0.0");
  CHECK(cell_of(table, "L5_ET", "DSI", "percent_change") == "NaN");
  CHECK(cell_of(table, "L4_SST", "OSI", "baseline") == "no such row");  // outside of the core
  CHECK(cell_of(means, "L5_ET", "Ave_Rate(Hz)", "percent_change") == "25.0");
  CHECK(cell_of(means, "L5_ET", "Ave_Rate(Hz)", "networks") == "2");
  CHECK(cell_of(means, "L5_ET", "DSI", "networks") == "0");

  // A row for each cell of the first network, silenced or not, in the core or not.
  const auto cells = io::read_delimited_table(files[2], ',', "test");
  REQUIRE(cells.rows.size() == 5);
  const auto at = [&](std::size_t row, const char* column) {
    return cells.rows[row].cells[cells.column(column)];
  };
  CHECK(cells.columns.size() == 7 + 4 * 5);
  CHECK(at(1, "network") == "one");
  CHECK(at(1, "pop_name") == "e5ET");
  CHECK(at(1, "experiment") == "test");
  CHECK(at(1, "baseline_rate") == "4.0");
  CHECK(at(1, "exp_rate") == "6.0");
  CHECK(at(1, "delta_rate") == "2.0");
  CHECK(at(1, "pct_delta_rate") == "50.0");
  CHECK(at(1, "delta_spont") == "0.0");
  CHECK(at(1, "delta_dsi") == "NaN");
  CHECK(at(2, "silenced") == "1");
  CHECK(at(2, "pct_delta_dg_sparsity") == "-100.0");
  CHECK(at(4, "core") == "0");

  request.keep_targets_in_baseline = true;
  const auto kept = io::read_delimited_table(make_suppression(request, {})[0], ',', "test");
  CHECK(cell_of(kept, "L5_IT", "Ave_Rate(Hz)", "baseline") == "53.0");
  CHECK(cell_of(kept, "L5_IT", "Ave_Rate(Hz)", "perturbed") == "3.0");
  request.targets = {};
  const auto all = io::read_delimited_table(make_suppression(request, {})[0], ',', "test");
  CHECK(cell_of(all, "L5_IT", "Ave_Rate(Hz)", "perturbed") == "1.5");
}

TEST_CASE("node sets that are none and absent tables are refused") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0}});
  write_metrics(folder.path(), "bio_trained", {1});
  write_metrics(folder.path(), "test", {1});
  SuppressionRequest request{.networks = {folder.path()},
                             .option = "test",
                             .output_directory = folder.path(),
                             .targets = "targets.json",
                             .core = {}};
  CHECK_THROWS_AS(make_suppression(request, {}), core::MissingFileError);
  for (const char* text : {"[]", "{}", R"({"node_id": 3})", R"({"node_id": [-1]})", R"({"node_id": [0.5]})",
                           R"({"node_id": [1]})", R"({"population": "lgn", "node_id": [0]})"}) {
    write_targets(folder.path(), text);
    CHECK_THROWS_AS(make_suppression(request, {}), core::FormatError);
  }
  write_targets(folder.path(), R"({"node_id": [0]})");
  CHECK_NOTHROW(make_suppression(request, {}));
  std::filesystem::remove(folder.path() / "metrics/dg_trial_averaged_sparsity_test.h5");
  CHECK_THROWS_AS(make_suppression(request, {}), core::MissingFileError);
}
