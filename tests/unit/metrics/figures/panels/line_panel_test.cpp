// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/line_panel.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace striate;
using Catch::Contains;

TEST_CASE("curves leave out values that are no numbers, and carry their error bars") {
  const auto script = metrics::line_panel_script(
      {.where = {},
       .title = "",
       .x_label = "contrast",
       .y_label = "Hz",
       .curves = {{.label = "a \"b\"",
                   .colour = "#123456",
                   .x = {1, 2, 3},
                   .y = {4, std::nan(""), 6},
                   .error = {0.5, 1, 2}},
                  {.label = "none", .colour = "#000000", .x = {1}, .y = {std::nan("")}}},
       .x_low = 0,
       .log_y = true,
       .name = "test"});
  CHECK_THAT(script, Contains("$test_curve0 << END_OF_DATA\n1 4 0.5\n3 6 2\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("title \"a \\\"b\\\"\""));
  CHECK_THAT(script, !Contains("$test_curve1"));
  CHECK_THAT(script, Contains("set xrange [0:*]") && Contains("set logscale y"));
  CHECK_THAT(script, Contains("with vectors nohead"));
}

TEST_CASE("a panel without curves says so, on axes that gnuplot need not find") {
  const auto ranges = [](std::optional<double> low, std::optional<double> high) {
    return metrics::line_panel_script(
        {.where = {}, .title = "", .x_label = "", .y_label = "", .y_low = low, .y_high = high, .name = "e"});
  };
  CHECK_THAT(ranges({}, {}), Contains("no data") && Contains("set xrange [1:10]\nset yrange [1:10]"));
  CHECK_THAT(ranges(0, {}), Contains("set yrange [0:1]"));
  CHECK_THAT(ranges(2, {}), Contains("set yrange [2:20]"));
  CHECK_THAT(ranges({}, 1), Contains("set yrange [0.1:1]"));
  CHECK_THAT(ranges({}, 0), Contains("set yrange [-1:0]"));
}

TEST_CASE("panels of one figure share their axes, in whole decades where they are logarithmic") {
  const auto panel = [](std::vector<double> y, bool log_y) {
    return metrics::LinePanel{
        .where = {},
        .title = "",
        .x_label = "x",
        .y_label = "y",
        .curves = {{.label = "", .colour = "", .x = std::vector<double>(y.size(), 1.0), .y = y}},
        .log_y = log_y};
  };
  std::vector<metrics::LinePanel> panels{panel({0.2, 30}, true), panel({std::nan(""), 0.004}, true),
                                         panel({0, 7}, true)};
  metrics::share_axes(panels, 2);
  for (const auto& each : panels) {
    CHECK(*each.y_low == Approx(0.001));
    CHECK(*each.y_high == Approx(100));
  }
  CHECK((panels[0].y_label == "y" && panels[1].y_label.empty() && panels[2].y_label == "y"));
  CHECK((panels[0].x_label.empty() && panels[1].x_label == "x" && panels[2].x_label == "x"));
  std::vector<metrics::LinePanel> linear{panel({1, 2}, false), panel({-1, 5}, false)};
  metrics::share_axes(linear, 2);
  CHECK((*linear[0].y_low == -1 && *linear[1].y_high == 5));
  std::vector<metrics::LinePanel> empty{panel({}, true)};
  metrics::share_axes(empty, 1);
  CHECK_FALSE(empty[0].y_low);
}
