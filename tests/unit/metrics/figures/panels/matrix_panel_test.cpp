// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/matrix_panel.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace striate;
using Catch::Contains;

TEST_CASE("a matrix panel writes numbers into cells and strokes through those without a value") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto script = metrics::matrix_panel_script({.where = {},
                                                    .title = "t",
                                                    .colour_label = "",
                                                    .rows = {"r0", "r1"},
                                                    .columns = {"c0", "c1", "c_2"},
                                                    .values = {0.1, 0.2, nan, 0.9, 1.5, -0.01},
                                                    .number_format = "{:.1f}",
                                                    .name = "m"});
  CHECK_THAT(script, Contains("$m << END_OF_DATA\n0.1 0.2 nan\n0.9 1.5 -0.01\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("set label \"0.1\" at first 0,0 center font ',6' tc rgb '#ffffff'"));  // dark
  CHECK_THAT(script, Contains("set label \"0.9\" at first 0,1 center font ',6' tc rgb '#000000'"));  // bright
  CHECK_THAT(script, Contains("set label \"1.5\" at first 1,1"));
  CHECK_THAT(script, Contains("set label \"0.0\" at first 2,1"));  // no "-0.0"
  CHECK_THAT(script, !Contains("at first 2,0"));
  CHECK_THAT(script, Contains("set arrow from first 1.5,0.5 to first 2.5,-0.5"));
  CHECK_THAT(script, Contains("\"c_2\" 2") && Contains("set yrange [1.5:-0.5]"));
  CHECK_THAT(script, Contains("unset colorbox"));
}

TEST_CASE("the largest magnitude ignores what is not finite") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(metrics::largest_magnitude(std::vector<double>{1, -3, inf, std::nan("")}) == 3);
  CHECK(metrics::largest_magnitude(std::vector<double>{0, std::nan("")}) == 1);
}
