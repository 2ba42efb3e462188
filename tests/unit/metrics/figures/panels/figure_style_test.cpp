// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/base/cells.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace striate;

TEST_CASE("the types of a layer have colours of their own") {
  for (const auto& group : metrics::layer_groups()) {
    std::set<std::string> colours;
    for (const auto& type : group.types) colours.insert(metrics::type_colour(type));
    CHECK(colours.size() == group.types.size());
  }
  CHECK(metrics::type_colour("L4_Exc") == "#D42A2A");
  CHECK(metrics::type_colour("L4_PV") == "#4C7F19");
  CHECK(metrics::type_colour("L1_Inh") == "#9E9E9E");
  CHECK(metrics::type_colour("unknown") == "#404040");
}

TEST_CASE("cells of a grid fill the page from the top left") {
  const metrics::Rectangle page{.left = 0.1, .right = 0.9, .bottom = 0.2, .top = 1.0};
  const auto first = metrics::grid_cell(page, 2, 2, 0, 0.2, 0.1),
             last = metrics::grid_cell(page, 2, 2, 3, 0.2, 0.1);
  CHECK(first.left == Approx(0.1));
  CHECK(first.right == Approx(0.4));
  CHECK(first.top == Approx(1.0));
  CHECK(first.bottom == Approx(0.65));
  CHECK(last.left == Approx(0.6));
  CHECK(last.right == Approx(0.9));
  CHECK(last.top == Approx(0.55));
  CHECK(last.bottom == Approx(0.2));
}
