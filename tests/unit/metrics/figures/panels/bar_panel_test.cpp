// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/bar_panel.hpp"

#include <catch2/catch.hpp>

#include "core/values/nan.hpp"

using namespace striate;
using namespace striate::metrics;
using Catch::Contains;

TEST_CASE("bars stand side by side, those without a value are left out") {
  BarPanel panel{
      .where = {},
      .title = "accuracy",
      .y_label = "fraction",
      .categories = {"L4_Exc", "L4_PV"},
      .series = {{.label = "a", .colour = "#112233", .values = {0.5, core::nan}, .errors = {0.1, core::nan}},
                 {.label = "b", .colour = "#445566", .values = {0.25, 1}}},
      .line = 0.125,
      .name = "acc"};
  const auto script = bar_panel_script(panel);
  CHECK_THAT(script, Contains("$acc_bars0 << END_OF_DATA\n-0.2 0.5 0.1 0.368\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$acc_bars1 << END_OF_DATA\n0.2 0.25 0 0.368\n1.2 1 0 0.368\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("yrange [0:1.08]") && Contains("graph 0,first 0.125"));
  panel.series.clear();
  panel.line = {};
  CHECK_THAT(bar_panel_script(panel), Contains("plot NaN") && Contains("yrange [0:1]"));
}
