// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/violin_panel.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace striate::metrics;
using Catch::Contains;

TEST_CASE("a density has its top where most values are, from the least to the greatest") {
  const auto shape = density_of({0, 1, 1, 1.1, 0.9, 1, 2, std::nan("")}, 21);
  REQUIRE(shape.place.size() == 21);
  CHECK(shape.place.front() == 0);
  CHECK(shape.place.back() == 2);
  CHECK(*std::ranges::max_element(shape.density) == 1);
  CHECK(shape.density[10] == 1);  // at 1
  CHECK(shape.density[0] < 0.5);
}

TEST_CASE("values that are all alike, or none, are no violin") {
  CHECK(density_of({3, 3, 3}).place == std::vector<double>{3});
  CHECK(density_of({}).place.empty());
  CHECK(density_of({std::nan("")}).place.empty());
}

TEST_CASE("violins have their median and a mark") {
  const auto script =
      violin_panel_script({.where = {},
                           .title = "",
                           .y_label = "",
                           .violins = {{.label = "a", .colour = "#123456", .values = {1, 2, 4}, .mark = 3},
                                       {.label = "b", .colour = "#000000", .values = {}}},
                           .y_low = 0,
                           .y_high = 5,
                           .name = "v"});
  CHECK_THAT(script, Contains("$v_violin0_middle << END_OF_DATA\n-0.21 2 0.42\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$v_violin0_mark << END_OF_DATA\n0 3\nEND_OF_DATA"));
  CHECK_THAT(script, !Contains("$v_violin1"));
}
