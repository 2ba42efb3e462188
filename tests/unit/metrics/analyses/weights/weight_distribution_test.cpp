// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/weights/weight_distribution.hpp"

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

TEST_CASE("a box has its quartiles, and whiskers at the outermost values within reach") {
  const std::vector<double> values{1, 2, 3, 4, 100};  // box 2 to 4, reach 3: from -1 to 7
  const auto box = summary_of(values);
  CHECK(box.count == 5);
  CHECK(box.mean == 22);
  CHECK(box.deviation == Approx(std::sqrt((21. * 21 + 20 * 20 + 19 * 19 + 18 * 18 + 78 * 78) / 5)));
  CHECK(box.low_quartile == 2);
  CHECK(box.median == 3);
  CHECK(box.high_quartile == 4);
  CHECK(box.low_whisker == 1);
  CHECK(box.high_whisker == 4);
  CHECK(box.greatest == 100);
  const std::vector<double> at_reach{2, 3, 4, 6.999}, beyond{0, 2, 2, 2, 2, 2, 9};
  CHECK(summary_of(at_reach).high_whisker == 6.999);
  CHECK(summary_of(beyond).low_whisker == 2);
  const std::vector<double> one{5};
  CHECK(summary_of(one).low_whisker == 5);
  CHECK(summary_of(one).deviation == 0);
  CHECK(std::isnan(summary_of({}).median));
}

TEST_CASE("weights are pooled over networks and described without sign, by pair of types") {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one", two = folder.path() / "two";
  // The networks meet their types in different orders.
  test::write_network(one, {{"i4Sst", 0, 0}, {"e4Rorb", 0, 0}, {"e4Rorb", 900, 0}});
  test::write_network(two, {{"e4Rorb", 0, 0}, {"i4Sst", 0, 0}, {"i4Vip", 0, 0}});
  test::write_edges(one, "_naive", {{0, 1, -3}, {0, 1, -1}, {1, 0, 7}, {2, 0, 99}});
  test::write_edges(two, "_naive", {{1, 0, -8}, {2, 0, -5}});
  DistributionRequest request{.networks = {one, two},
                              .option = "naive",
                              .output_directory = folder.path(),
                              .compare = {},
                              .pooling = {},
                              .core = {},
                              .block_rows = 2};
  const auto files = make_weight_distribution(request, {});
  REQUIRE(files.size() == 1);
  const auto table = io::read_delimited_table(files[0], ',', "test");
  REQUIRE(table.rows.size() == 3);
  const auto text = [&](std::size_t row, const char* column) {
    return table.rows[row].cells[table.column(column)];
  };
  CHECK(text(0, "source_type") == "L4_Exc");
  CHECK(text(0, "max(pA)") == "7.0");  // not the 99 of a cell outside of the core
  CHECK(text(1, "source_type") == "L4_SST");
  CHECK(text(1, "target_type") == "L4_Exc");
  CHECK(text(1, "edges") == "3");
  CHECK(text(1, "median(pA)") == "3.0");
  CHECK(text(1, "mean(pA)") == "4.0");
  CHECK(text(1, "q75(pA)") == "5.5");
  CHECK(text(2, "source_type") == "L4_VIP");
}

TEST_CASE("medians of two options are compared over targets") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0}, {"i4Sst", 0, 0}, {"i4Vip", 0, 0}});
  test::write_edges(folder.path(), "", {{0, 0, 1}, {0, 1, 2}, {0, 2, 3}, {1, 0, -1}});
  test::write_edges(folder.path(), "_naive", {{0, 0, 9}, {0, 1, 70}, {0, 2, 8}});
  DistributionRequest request{.networks = {folder.path()},
                              .option = "plain",
                              .output_directory = folder.path(),
                              .compare = {},
                              .pooling = {},
                              .core = {}};
  make_weight_distribution(request, {});
  request.option = "naive";
  request.compare = {"plain"};
  const auto files = make_weight_distribution(request, {});
  REQUIRE(files.size() == 2);
  const auto table = io::read_delimited_table(files[1], ',', "test");
  REQUIRE(table.rows.size() == 1);
  CHECK(table.rows[0].cells[0] == "L4_Exc");
  CHECK(table.rows[0].cells[1] == "plain");
  CHECK(table.rows[0].cells[2] == "3");
  CHECK(table.number(table.rows[0], 3) == Approx(-0.5));  // ranks 1 2 3 and 2 3 1
  request.compare = {"absent"};
  CHECK_THROWS_AS(make_weight_distribution(request, {}), core::MissingFileError);
  std::ofstream(folder.path() / "weight_distribution_bad.csv") << "source_type,target_type\nL4_Exc,L4_SST\n";
  request.compare = {"bad"};
  CHECK_THROWS_AS(make_weight_distribution(request, {}), core::FormatError);
}
