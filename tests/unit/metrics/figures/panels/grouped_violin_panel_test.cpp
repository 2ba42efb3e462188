// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/grouped_violin_panel.hpp"

#include <catch2/catch.hpp>

using namespace striate;
using namespace striate::metrics;
using Catch::Contains;

TEST_CASE("few or equal values are points, values that are not positive leave a logarithmic axis") {
  BoxPanel panel{
      .where = {},
      .title = "selectivity",
      .y_label = "",
      .categories = {"a", "b"},
      .series = {{.label = "model", .colour = "#112233", .values = {{1, 2, 3, 4, 5}, {7, 7, 7, 7, 7, 7}}}},
      .name = "v"};
  CHECK_THAT(grouped_violin_script(panel),
             Contains("$v_violin0_0") && !Contains("$v_violin0_1") && Contains("$v_points0"));
  panel.log_y = true;
  panel.series[0].values[0] = {0, -1, 1, 10, 100, 1000};  // four are left
  CHECK_THAT(grouped_violin_script(panel), !Contains("$v_violin0_0"));
  panel.series[0].values = {{}, {}};
  CHECK_THAT(grouped_violin_script(panel), Contains("plot NaN"));
}
