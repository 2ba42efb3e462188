// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/grouped_violin_panel.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace striate;
using namespace striate::metrics;
using Catch::Contains;

TEST_CASE("a density is that of Gaussians of Scott's width from the smallest to the largest value") {
  // scipy.stats.gaussian_kde([1, 2, 4, 7, 8])([1, 4.5, 8])
  const std::vector<double> values{1, 2, 4, 7, 8};
  const auto density = density_of(values, 3);
  CHECK(density.at == std::vector<double>{1, 4.5, 8});
  const double width = std::sqrt(9.3) * std::pow(5, -0.2);
  for (std::size_t i = 0; i < 3; ++i) {
    double expected = 0;
    for (const double value : values)
      expected +=
          std::exp(-0.5 * std::pow((density.at[i] - value) / width, 2)) / (5 * width * std::sqrt(2 * M_PI));
    CHECK(density.value[i] == Approx(expected));
  }
}

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
