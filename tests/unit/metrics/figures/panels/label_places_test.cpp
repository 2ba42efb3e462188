// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/label_places.hpp"

#include <catch2/catch.hpp>

using namespace striate::metrics;

TEST_CASE("a name stands right of its point where that is free") {
  const std::vector<NamedPoint> points{{.x = 50, .y = 50, .name = "L4 PV"}};
  const auto places = label_places(points, 6, {.width = 300, .height = 100});
  REQUIRE(places.size() == 1);
  CHECK(places[0].left == Approx(54));
  CHECK(places[0].bottom + places[0].height / 2 == Approx(50));
  // So it does wherever the numbers are rounded.
  for (int k = 0; k < 50; ++k) {
    const double x = 40 + 1.37 * k;
    CHECK(label_places(std::vector<NamedPoint>{{.x = x, .y = 31.7 + k / 7.0, .name = "L6 Exc"}}, 7,
                       {.left = 29.3, .bottom = 17.1, .width = 327.7, .height = 133.3})[0]
              .left == Approx(x + 4));
  }
}

TEST_CASE("names of points that lie close together hide nothing") {
  std::vector<NamedPoint> points;
  for (int k = 0; k < 12; ++k)
    points.push_back({.x = 100 + 9.0 * (k % 4), .y = 50 + 8.0 * (k / 4), .name = "L2/3 Exc"});
  const LabelBox room{.width = 300, .height = 160};
  const auto places = label_places(points, 6, room);
  for (std::size_t a = 0; a < places.size(); ++a) {
    CHECK(places[a].left >= 0);
    CHECK(places[a].left + places[a].width <= room.width);
    for (std::size_t b = a + 1; b < places.size(); ++b) {
      INFO(a << " and " << b);
      CHECK(!places[a].overlaps(places[b]));
    }
  }
}

TEST_CASE("a name at the edge stays within its room") {
  const std::vector<NamedPoint> points{{.x = 298, .y = 99, .name = "L5 Exc"}};
  const auto places = label_places(points, 6, {.width = 300, .height = 100});
  CHECK(places[0].left + places[0].width <= 300);
  CHECK(places[0].bottom + places[0].height <= 100);
}
