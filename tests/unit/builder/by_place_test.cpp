// SPDX-License-Identifier: BSD-3-Clause
#include "builder/nodes/by_place.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/values/random.hpp"

using namespace striate;

namespace {

builder::V1Nodes square_of_cells(std::size_t cells, double width_um) {
  core::RandomStream random(1, core::Purpose::test, 0);
  builder::V1Nodes nodes;
  for (std::size_t i = 0; i < cells; ++i) {
    nodes.x.push_back(width_um * (random.uniform() - 0.5));
    nodes.z.push_back(width_um * (random.uniform() - 0.5));
  }
  return nodes;
}

double median_step_um(const builder::V1Nodes& nodes, const std::vector<std::uint32_t>& order) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < order.size(); ++i)
    steps.push_back(
        std::hypot(nodes.x[order[i]] - nodes.x[order[i - 1]], nodes.z[order[i]] - nodes.z[order[i - 1]]));
  std::ranges::nth_element(steps, steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2));
  return steps[steps.size() / 2];
}

}  // namespace

TEST_CASE("cells by place are the same cells, neighbours after each other") {
  const auto nodes = square_of_cells(20'000, 4000);
  std::vector<std::uint32_t> every_third;
  for (std::uint32_t cell = 1; cell < 20'000; cell += 3) every_third.push_back(cell);
  auto order = builder::by_place(nodes, every_third);
  CHECK(median_step_um(nodes, every_third) > 1500);
  CHECK(median_step_um(nodes, order) < 60);
  CHECK(order == builder::by_place(nodes, order));  // whatever the order before
  std::ranges::sort(order);
  CHECK(order == every_third);
  CHECK(builder::by_place(nodes, {}).empty());
}

TEST_CASE("cells by place go through squares of 40 um along a Z") {
  builder::V1Nodes nodes;
  nodes.x = {1, 41, 1, 41, -1, 39, 1e9, -1e9};
  nodes.z = {41, 1, 1, 41, 1, 39, 1, 1};
  const std::vector<std::uint32_t> cells{0, 1, 2, 3, 4, 5, 6, 7};
  // The two far away are no trouble; those left of the middle come before, those of one square ascend.
  CHECK(builder::by_place(nodes, cells) == std::vector<std::uint32_t>{7, 4, 2, 5, 1, 0, 3, 6});
}
