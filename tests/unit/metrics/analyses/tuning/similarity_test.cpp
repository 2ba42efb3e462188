// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/similarity.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

constexpr const char* tuning_header =
    "node_id DSI OSI preferred_angle pref_dir_deg pref_ori_deg max_mean_rate(Hz) Ave_Rate(Hz) "
    "Spont_Rate(Hz)\n";
constexpr const char* unit_header =
    "ecephys_unit_id DSI OSI preferred_angle max_mean_rate(Hz) Ave_Rate(Hz) cell_type Spont_Rate(Hz)\n";

}  // namespace

TEST_CASE("the shipped table holds the recordings' numbers of units") {
  const auto reference =
      read_compact_table(std::filesystem::path(STRIATE_SOURCE_DIR) / "configs/reference/neuropixels.csv");
  struct Expected {
    const char* type;
    std::size_t all, usable;
  };
  for (const auto& [type, all, usable] : {Expected{"L2/3_Exc", 503, 203},
                                          {"L4_Exc", 629, 301},
                                          {"L5_Exc", 975, 482},
                                          {"L6_Exc", 344, 191},
                                          {"L1_Inh", 17, 7},
                                          {"L2/3_PV", 133, 75},
                                          {"L4_PV", 179, 98},
                                          {"L5_PV", 200, 99},
                                          {"L6_PV", 90, 56},
                                          {"L2/3_SST", 18, 3},
                                          {"L4_SST", 9, 2},
                                          {"L5_SST", 27, 2},
                                          {"L6_SST", 16, 1},
                                          {"L2/3_VIP", 5, 5},
                                          {"L4_VIP", 3, 1},
                                          {"L5_VIP", 5, 2},
                                          {"L6_VIP", 3, 1}}) {
    const auto& metrics = reference.values.at(type);
    CHECK(metrics.at("preferred_rate").size() == all);
    CHECK(metrics.at("OSI").size() == usable);
  }
  CHECK(reference.values.size() == 17);
}

TEST_CASE("the original format: quoted cell types, NaN, units without type") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "units.csv";
  write_text(file, std::string(unit_header) +
                       "1 0.1 0.2 45.0 5.5 3.0 \"L2/3 Exc\" 1.0\n"
                       "2 NaN NaN NaN 0.2 0.1 \"L1 Htr3a\" 0.05\n"
                       "3 0.3 0.4 0.0 0.2 0.1 \"L2/3 Exc\" 0.0\n"
                       "4 0.3 0.4 0.0 9.0 8.0 NaN 0.5\n");
  const auto all = read_unit_table(file, 0);
  CHECK(all.values.size() == 2);
  CHECK(all.values.at("L2/3_Exc").at("OSI") == std::vector<double>{0.2, 0.4});
  CHECK(all.values.at("L1_Inh").at("preferred_rate") == std::vector<double>{0.2});
  CHECK_FALSE(all.values.at("L1_Inh").contains("OSI"));
  CHECK(read_unit_table(file, 0.5).values.at("L2/3_Exc").at("OSI") == std::vector<double>{0.2});
  write_text(folder.path() / "compact.csv", to_compact_table(all, "two\nlines"));
  CHECK(read_compact_table(folder.path() / "compact.csv").values == all.values);
  write_text(file, std::string(unit_header) + "1 0.1 x 45.0 5.5 3.0 \"L2/3 Exc\" 1.0\n");
  CHECK_THROWS_WITH(read_unit_table(file, 0), Catch::Contains("OSI=\"x\"") && Catch::Contains(":2"));
  write_text(folder.path() / "compact.csv", "cell_type,metric,count,values\nA,OSI,2,0.5 0.1\n");
  CHECK_THROWS_AS(read_compact_table(folder.path() / "compact.csv"), core::FormatError);
  write_text(folder.path() / "compact.csv", "cell_type,metric,count,values\nA,OSI,3,0.1 0.5\n");
  CHECK_THROWS_AS(read_compact_table(folder.path() / "compact.csv"), core::FormatError);
}

TEST_CASE("similarity table: core cells, quiet cells without OSI, L5 pooled and apart") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e5ET"}, {"e5IT"}, {"e4Rorb"}, {"e4Rorb"}, {"e4Rorb", 300, 0}});
  write_text(folder.path() / "metrics/OSI_DSI_DF_plain.csv",
             std::string(tuning_header) +
                 "0 0.1 0.2 0 0 0 10 5 1\n1 0.1 0.6 0 0 0 20 5 1\n"
                 "2 0.1 0.2 0 0 0 10 5 1\n3 0.1 0.9 0 0 0 0.4 5 1\n4 0.9 0.9 0 0 0 99 5 1\n");
  ReferenceValues reference{.source = "test", .values = {}};
  reference.values["L5_Exc"]["OSI"] = {0.2, 0.6};
  reference.values["L4_Exc"]["OSI"] = {0.1, 0.2, 0.3};
  reference.values["L4_Exc"]["preferred_rate"] = {0.4, 10};
  const auto files = make_similarity({.networks = {folder.path()},
                                      .option = "plain",
                                      .output_directory = folder.path() / "out",
                                      .reference = reference,
                                      .resamples = 20,
                                      .core = {}},
                                     {});
  const auto table = io::read_delimited_table(files[0], ',', "");
  std::map<std::string, std::vector<double>> rows;
  for (const auto& row : table.rows)
    rows[row.cells[0] + " " + row.cells[1]] = {number_or_nan(table, row, 3), number_or_nan(table, row, 6),
                                               number_or_nan(table, row, 7), number_or_nan(table, row, 8)};
  CHECK(rows.at("L5_Exc OSI") == std::vector<double>{1, 2, 2, 1});
  CHECK(rows.at("L5_ET OSI") == std::vector<double>{0.5, 1, 2, 1});
  CHECK(rows.at("L5_IT OSI") == std::vector<double>{0.5, 1, 2, 1});
  // Model {0.2}: the reference has 1/3 below and 2/3 at or below: D = 1/3.
  CHECK(rows.at("L4_Exc OSI")[0] == Approx(2.0 / 3));
  CHECK(rows.at("L4_Exc OSI")[1] == 1);
  CHECK(rows.at("L4_Exc preferred_rate") == std::vector<double>{1, 2, 2, 1});
}

TEST_CASE("intervals of similarity come from resampled values, equal ones counted together") {
  // Rates are often equal, above all 0.
  const std::vector<double> model{0, 0, 0, 0.5, 1, 1, 2}, reference{0, 0, 1, 1, 1, 3};
  constexpr std::uint64_t stream = 3;
  constexpr int resamples = 200;
  const auto largest_gap = [](const std::vector<double>& a, const std::vector<double>& b) {
    double largest = 0;
    for (const double at : {0.0, 0.5, 1.0, 2.0, 3.0}) {
      const auto share = [&](const std::vector<double>& values) {
        return static_cast<double>(std::ranges::count_if(values, [&](double v) { return v <= at; })) /
               static_cast<double>(values.size());
      };
      largest = std::max(largest, std::abs(share(a) - share(b)));
    }
    return largest;
  };
  core::RandomStream random(0, core::Purpose::resampling, stream);
  std::vector<double> resampled;
  for (int k = 0; k < resamples; ++k) {
    const auto drawn = [&](const std::vector<double>& values) {
      std::vector<double> chosen;
      for (std::size_t i = 0; i < values.size(); ++i)
        chosen.push_back(
            values[static_cast<std::size_t>(random.uniform() * static_cast<double>(values.size()))]);
      return chosen;
    };
    const auto a = drawn(model), b = drawn(reference);
    resampled.push_back(1 - largest_gap(a, b));
  }
  const auto similarity = similarity_of(model, reference, stream, resamples);
  const double value = 1 - largest_gap(model, reference);
  CHECK(similarity.value == Approx(value).epsilon(1e-14));
  const auto end = [&](double q) { return std::clamp(2 * value - quantile(resampled, q), 0.0, 1.0); };
  CHECK(similarity.low == Approx(end(0.975)).epsilon(1e-12));
  CHECK(similarity.high == Approx(end(0.025)).epsilon(1e-12));
  // Where all are equal, so are all resamples.
  const auto same = similarity_of(std::vector<double>(5, 0), std::vector<double>(9, 0), stream, resamples);
  CHECK(same.low == 1);
  CHECK(same.high == 1);
}

TEST_CASE("several networks are pooled, and compared one by one in a table of their own") {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one", two = folder.path() / "two";
  const char* rows[] = {"0 0.1 0.2 0 0 0 10 5 1\n", "0 0.1 0.9 0 0 0 10 5 1\n"};
  for (const auto& base : {one, two}) {
    test::write_network(base, {{"e4Rorb"}});
    write_text(base / "metrics/OSI_DSI_DF_plain.csv", std::string(tuning_header) + rows[base == one ? 0 : 1]);
  }
  ReferenceValues reference{.source = "test", .values = {}};
  reference.values["L4_Exc"]["OSI"] = {0.2, 0.9};
  const auto files = make_similarity({.networks = {one, two},
                                      .option = "plain",
                                      .output_directory = folder.path() / "out",
                                      .reference = reference,
                                      .resamples = 0,
                                      .core = {}},
                                     {});
  REQUIRE(files.size() == 3);
  const auto osi_of = [](const std::filesystem::path& file, const char* column) {
    std::vector<double> values;
    const auto table = io::read_delimited_table(file, ',', "");
    for (const auto& row : table.rows)
      if (row.cells[table.column("metric")] == "OSI")
        values.push_back(number_or_nan(table, row, table.column(column)));
    return values;
  };
  CHECK(osi_of(files[0], "similarity") == std::vector<double>{1});
  CHECK(osi_of(files[2], "similarity") == std::vector<double>{0.5, 0.5});
  CHECK(osi_of(files[2], "n_model") == std::vector<double>{1, 1});
}
