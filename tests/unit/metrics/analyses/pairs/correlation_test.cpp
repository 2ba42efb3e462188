// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/correlation.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "support/files.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

using striate::test::number;

std::size_t row_of_pair(const io::DelimitedTable& table, const std::string& source,
                        const std::string& target) {
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    if (table.rows[row].cells[0] == source && table.rows[row].cells[1] == target) return row;
  FAIL("no pair " << source << " -> " << target);
  return 0;
}

/// Cells 0, 1, 2 and 4 in the core; responses to four images: 1 is like 0, 2 the opposite, 4 is silent.
struct ShownPairs {
  TemporaryFolder folder;
  CorrelationRequest request{.networks = {folder.path()},
                             .option = "naive",
                             .output_directory = folder.path() / "metrics",
                             .protocols = {},
                             .responses = {},
                             .weights_option = "naive",
                             .pooling = {},
                             .range = {},
                             .limits = {},
                             .core = {}};
  ShownPairs() {
    test::write_network(folder.path(), {{"e4Rorb", 0, 0, 0},
                                        {"e4Rorb", 30, 40, 0},
                                        {"i4Sst", 0, 12, 0},
                                        {"i4Sst", 500, 0, 0},
                                        {"e5ET", 0, 0, 0}});
    test::write_edges(folder.path(), "_naive",
                      {{0, 1, 2}, {0, 3, 99}, {0, 2, 4}, {1, 0, 6}, {2, 1, -3}, {4, 0, 1}, {3, 3, 1}});
    test::write_edges(folder.path(), "", {{0, 1, 20}});
    write_responses({0, 1, 2, 1, 0, 2, 4, 2, 3, 2, 1, 2, 9, 9, 9, 9, 0, 0, 0, 0});
    request.responses = {folder.path() / "responses.h5"};
  }
  void write_responses(const std::vector<double>& counts, std::uint64_t images = 4) {
    auto file = io::h5::File::create(folder.path() / "responses.h5");
    io::h5::create_dataset<double>(file, "/arr_0", std::array{counts.size() / images, images});
    io::h5::write_rows<double>(file, "/arr_0", 0, counts);
    file.close();
  }
  io::DelimitedTable pairs() {
    return io::read_delimited_table(make_correlation(request, {})[1], ',', "test");
  }
};

}  // namespace

TEST_CASE("each core edge gets the correlation of its ends and their distance, in the order of the file") {
  ShownPairs data;
  data.request.block_rows = GENERATE(2u, 3u, 1000u);
  const auto files = make_correlation(data.request, {});
  const auto file = io::h5::File::open(files[0]);
  const auto r = io::h5::read<double>(file, "/response_correlations");
  REQUIRE(r.size() == 5);
  CHECK(r[0] == 1);
  CHECK(r[1] == -1);
  CHECK(r[2] == 1);
  CHECK(r[3] == -1);
  CHECK(std::isnan(r[4]));
  CHECK(io::h5::read<double>(file, "/distances")[0] == 50);
  CHECK(io::h5::read<double>(file, "/distances")[1] == 12);
  const auto table = io::read_delimited_table(files[1], ',', "test");
  const auto excitatory = row_of_pair(table, "L4_Exc", "L4_Exc");
  CHECK(number(table, excitatory, "edges") == 2);
  CHECK(number(table, excitatory, "undefined") == 0);
  CHECK(table.rows[excitatory].cells[4] == "NaN");  // two points are no line
  CHECK(number(table, row_of_pair(table, "L5_ET", "L4_Exc"), "undefined") == 1);
  const auto all = row_of_pair(table, "E", "E");
  CHECK(number(table, all, "edges") == 3);
  CHECK(number(table, all, "half_weight_fraction") == 0.5);  // of those that have a correlation
  CHECK(number(table, row_of_pair(table, "I", "E"), "edges") == 1);
}

TEST_CASE("bins hold the mean weights of the option, or of the untrained network when asked") {
  ShownPairs data;
  const auto bins = io::read_delimited_table(make_correlation(data.request, {})[2], ',', "test");
  REQUIRE(bins.rows.size() % 20 == 0);
  const auto first = row_of_pair(bins, "L4_Exc", "L4_SST");
  CHECK(number(bins, first, "correlation") == Approx(-0.95));
  CHECK(number(bins, first, "edges") == 1);
  CHECK(number(bins, first, "mean_weight(pA)") == 4);
  // A correlation of exactly 1 is above the last edge of bins of 0.1, unless these are closed on the right.
  CHECK(number(bins, row_of_pair(bins, "L4_Exc", "L4_Exc") + 19, "edges") == 0);
  data.request.weights_option = "plain";
  CHECK(number(data.pairs(), 0, "edges") == 1);
}

TEST_CASE("types can be pooled and edges held to their layer") {
  ShownPairs data;
  data.request.pooling = {.l5 = true, .inhibitory = true};
  const auto table = data.pairs();
  row_of_pair(table, "L5_Exc", "L4_Exc");
  row_of_pair(table, "SST", "L4_Exc");
  test::write_network(data.folder.path(), {{"e4Rorb", 0, 0, 0},
                                           {"e4Rorb", 30, 40, 0},
                                           {"i5Sst", 0, 12, 0},
                                           {"i4Sst", 500, 0, 0},
                                           {"e5ET", 0, 0, 0}});
  data.request.respective_layers = true;
  for (const auto& row : data.pairs().rows) CHECK(row.cells[0] != "SST");
}

TEST_CASE("spikes and tables of counts give the same") {
  ShownPairs data;
  std::vector<double> times;
  std::vector<std::uint64_t> ids;
  const std::vector<std::vector<int>> counts{{0, 1, 2, 1}, {0, 2, 4, 2}, {3, 2, 1, 2}};
  for (std::size_t image = 0; image < 4; ++image)
    for (std::uint64_t cell = 0; cell < 3; ++cell)
      for (int k = 0; k < counts[cell][image]; ++k) {
        times.push_back(250.0 * static_cast<double>(image) + 10 * k);
        ids.push_back(cell);
      }
  test::write_spikes(data.folder.path() / "run", times, ids);
  const auto from_counts = data.pairs();
  data.request.responses.clear();
  data.request.protocols = {{.runs = {data.folder.path() / "run"},
                             .slots = {.begin_s = 0, .width_s = 0.25, .count = 4},
                             .images = 4,
                             .shown = {0, 1, 2, 3}}};
  const auto from_spikes = data.pairs();
  REQUIRE(from_spikes.rows.size() == from_counts.rows.size());
  for (std::size_t row = 0; row < from_counts.rows.size(); ++row)
    CHECK(from_spikes.rows[row].cells == from_counts.rows[row].cells);
  data.request.protocols[0].shown = {0, 1, 2, 2};
  data.request.protocols[0].images = 3;
  CHECK_THROWS_WITH(make_correlation(data.request, {}), Catch::Contains("image 2 is shown 2 times"));
}

TEST_CASE("samples of connections have regressions of their own, whatever the blocks") {
  ShownPairs data;
  data.request.samples = 3;
  data.request.limits.others = 2;
  data.request.limits.of_pair[{"I", "E"}] = 0;
  const auto files = make_correlation(data.request, {});
  REQUIRE(files.size() == 5);
  const auto table = io::read_delimited_table(files[4], ',', "test");
  // L4_Exc -> L4_Exc, L4_Exc -> L4_SST, L4_SST -> L4_Exc, E -> E, E -> I; L5_ET -> L4_Exc has no correlation
  REQUIRE(table.rows.size() == 15);
  CHECK(number(table, 0, "edges") == 2);
  CHECK(number(table, 2, "sample") == 2);
  data.request.block_rows = 2;
  const auto blocks = io::read_delimited_table(make_correlation(data.request, {})[4], ',', "test");
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    CHECK(blocks.rows.at(row).cells == table.rows[row].cells);
  data.request.samples = 20'000'000;
  CHECK_THROWS_AS(make_correlation(data.request, {}), core::UsageError);
}

TEST_CASE("tables that are no spike counts are refused") {
  ShownPairs data;
  const auto refused = [&](const std::vector<double>& counts, std::uint64_t images, const char* text) {
    data.write_responses(counts, images);
    CHECK_THROWS_WITH(make_correlation(data.request, {}), Catch::Contains(text));
  };
  refused(std::vector<double>(10, 0.5), 2, "0.5");
  refused(std::vector<double>(10, -1), 2, "whole numbers");
  refused(std::vector<double>(10, 32768), 2, "32768");
  refused(std::vector<double>(10, std::nan("")), 2, "row 0");
  refused(std::vector<double>(8, 1), 2, "none for node 4");
  refused(std::vector<double>(5, 1), 1, "at least two");
  data.write_responses(std::vector<double>(10, 32767), 2);
  CHECK_NOTHROW(make_correlation(data.request, {}));
  data.request.responses = {data.folder.path() / "none.h5"};
  CHECK_THROWS_AS(make_correlation(data.request, {}), core::MissingFileError);
}

TEST_CASE("connections of networks are pooled, whatever types each has, and arrays are those of one") {
  ShownPairs data;
  const auto alone = data.pairs();
  const auto other = data.folder.path() / "other";
  test::write_network(other, {{"e4Rorb"}, {"e23Cux2"}, {"e4Rorb"}});
  test::write_edges(other, "_naive", {{0, 2, 10}, {0, 1, 5}, {2, 0, 12}});
  {
    auto file = io::h5::File::create(other / "responses.h5");
    io::h5::create_dataset<double>(file, "/arr_0", std::array<std::uint64_t, 2>{3, 4});
    io::h5::write_rows<double>(file, "/arr_0", 0, std::vector<double>{0, 1, 2, 1, 1, 0, 1, 0, 0, 2, 4, 2});
    file.close();
  }
  data.request.networks.push_back(other);
  data.request.responses.push_back(other / "responses.h5");
  const auto files = make_correlation(data.request, {});
  REQUIRE(files.size() == 3);
  CHECK(files[0].filename() == "correlation_pairs_naive_2_networks.csv");
  const auto pooled = io::read_delimited_table(files[0], ',', "test");
  const auto row = row_of_pair(pooled, "L4_Exc", "L4_Exc");
  CHECK(number(pooled, row, "edges") == 4);  // of both
  CHECK(number(pooled, row_of_pair(pooled, "L4_Exc", "L2/3_Exc"), "edges") == 1);
  CHECK(number(pooled, row_of_pair(pooled, "L4_Exc", "L4_SST"), "edges") == 1);
  CHECK(number(pooled, row_of_pair(pooled, "E", "E"), "edges") == 6);
  const auto bins = io::read_delimited_table(files[1], ',', "test");
  CHECK(number(bins, row_of_pair(bins, "L4_Exc", "L2/3_Exc") + 10, "edges") == 1);  // r = 0
  // The tables of one network are as they were.
  CHECK(io::read_delimited_table(data.folder.path() / "metrics/correlation_pairs_naive.csv", ',', "")
            .rows.size() == alone.rows.size());

  // Other numbers of images are another experiment.
  auto file = io::h5::File::create(other / "responses.h5");
  io::h5::create_dataset<double>(file, "/arr_0", std::array<std::uint64_t, 2>{3, 2});
  io::h5::write_rows<double>(file, "/arr_0", 0, std::vector<double>{0, 1, 2, 1, 1, 0});
  file.close();
  CHECK_THROWS_WITH(make_correlation(data.request, {}),
                    Catch::Contains("2 responses in") && Catch::Contains("other"));
}

TEST_CASE("samples over networks draw from all of their connections") {
  ShownPairs data;
  data.request.samples = 200;
  data.request.limits.others = 1;
  const auto other = data.folder.path() / "other";
  test::write_network(other, {{"e4Rorb"}, {"e4Rorb"}});
  test::write_edges(other, "_naive", {{0, 1, 1}, {1, 0, 1}});
  auto file = io::h5::File::create(other / "responses.h5");
  io::h5::create_dataset<double>(file, "/arr_0", std::array<std::uint64_t, 2>{2, 4});
  io::h5::write_rows<double>(file, "/arr_0", 0, std::vector<double>{0, 1, 2, 1, 0, 2, 4, 2});
  file.close();
  data.request.networks.push_back(other);
  data.request.responses.push_back(other / "responses.h5");
  data.request.limits.others = 3;
  const auto lines = io::read_delimited_table(make_correlation(data.request, {})[3], ',', "test");
  const auto first = row_of_pair(lines, "L4_Exc", "L4_Exc");
  CHECK(number(lines, first, "edges") == 3);  // of four
}
