// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/box_panel.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace striate;
using Catch::Contains;

TEST_CASE("a box has interpolated quartiles and whiskers at the last value in reach") {
  // Quartiles of 1 … 8 and 100: 3, 5, 7; reach 1.5 * 4, so 100 lies beyond.
  const auto box = metrics::box_statistics(std::vector<double>{100, 8, 7, 6, 5, 4, 3, 2, 1});
  REQUIRE(box);
  CHECK(box->first == 3);
  CHECK(box->median == 5);
  CHECK(box->third == 7);
  CHECK(box->low == 1);
  CHECK(box->high == 8);
  CHECK(box->count == 9);
  // A value exactly in reach belongs: 7 + 6 = 13.
  CHECK(metrics::box_statistics(std::vector<double>{13, 8, 7, 6, 5, 4, 3, 2, 1})->high == 13);
}

TEST_CASE("boxes of nothing, of NaN and of one value") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(!metrics::box_statistics(std::vector<double>{}));
  CHECK(!metrics::box_statistics(std::vector<double>{nan}));
  const auto one = metrics::box_statistics(std::vector<double>{nan, 2});
  REQUIRE(one);
  CHECK(one->low == 2);
  CHECK(one->high == 2);
  CHECK(one->count == 1);
}

TEST_CASE("a panel of boxes has a row per category and points where values are few") {
  metrics::BoxPanel panel{.where = {},
                          .title = "rates",
                          .y_label = "Hz",
                          .categories = {"L4_Exc", "L4_PV"},
                          .series = {{.label = "model", .colour = "#112233", .values = {{1, 2, 3, 4, 5}, {}}},
                                     {.label = "units", .colour = "#445566", .values = {{}, {7, 9}}}},
                          .name = "test"};
  const auto script = metrics::box_panel_script(panel);
  // x (left of the category), first quartile, whiskers, third quartile, median, width.
  CHECK_THAT(script, Contains("$test_boxes0 << END_OF_DATA\n-0.195 2 1 5 4 3 0.3354\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$test_points1 << END_OF_DATA\n1.195 7\n1.195 9\nEND_OF_DATA"));
  CHECK_THAT(script, !Contains("$test_boxes1") && !Contains("$test_points0"));
  CHECK_THAT(script, Contains("set yrange [0:9.45]"));
  CHECK_THAT(script, Contains("\"L4 Exc\" 0, \"L4 PV\" 1"));
}

TEST_CASE("a panel without any value is an empty frame") {
  const auto script =
      metrics::box_panel_script({.where = {},
                                 .title = "",
                                 .y_label = "",
                                 .categories = {"a"},
                                 .series = {{.label = "m", .colour = "#000000", .values = {{}}}},
                                 .name = "none"});
  CHECK_THAT(script, Contains("plot NaN"));
  CHECK_THAT(script, Contains("set yrange [0:1]"));
}

TEST_CASE("a logarithmic panel keeps whiskers at zero above nothing") {
  const metrics::BoxStatistics box{.low = 0, .first = 1, .median = 2, .third = 3, .high = 10, .count = 9};
  const auto script =
      metrics::box_panel_script({.where = {},
                                 .title = "",
                                 .y_label = "",
                                 .categories = {"a"},
                                 .series = {{.label = "m", .colour = "#000000", .boxes = {box}}},
                                 .log_y = true,
                                 .name = "log"});
  CHECK_THAT(script, Contains("0 1 1e-30 10 3 2 "));
  CHECK_THAT(script, Contains("set yrange [0.1:20]"));
}
