// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/aperture.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace striate::lgn;
using Shape = Aperture::Shape;

TEST_CASE("a sharp disk ends at its radius, an annulus begins beyond its hole") {
  const Aperture disk{.shape = Shape::disk, .x_deg = 10, .y_deg = 20, .diameter_deg = 10};
  CHECK(aperture_weight(disk, 13, 24) == 1);  // at the border itself
  CHECK(aperture_weight(disk, 13, 24.001) == 0);
  CHECK(aperture_weight(disk, 10, 20) == 1);
  Aperture ring = disk;
  ring.shape = Shape::annulus;
  ring.inner_diameter_deg = 6;
  CHECK(aperture_weight(ring, 10, 20) == 0);
  CHECK(aperture_weight(ring, 13, 20) == 0);
  CHECK(aperture_weight(ring, 13.001, 20) == 1);
  CHECK(aperture_weight(ring, 10, 25.001) == 0);
  ring.invert = true;
  CHECK(aperture_weight(ring, 10, 20) == 1);
  CHECK(aperture_weight(ring, 10, 24) == 0);
}

TEST_CASE("a rim is half a cosine wide as its edge, with half the height at the border") {
  const Aperture disk{.shape = Shape::disk, .x_deg = 0, .y_deg = 0, .diameter_deg = 10, .edge_deg = 2};
  CHECK(aperture_weight(disk, 4, 0) == 1);
  CHECK(aperture_weight(disk, 6, 0) == 0);
  CHECK(aperture_weight(disk, 5, 0) == Approx(0.5).margin(1e-15));
  for (const double r : {4.1, 4.5, 5.3, 5.9})
    CHECK(aperture_weight(disk, 0, r) ==
          Approx((1 + std::cos(std::acos(-1.0) * (r - 4) / 2)) / 2).margin(1e-15));
  const Aperture bar{.shape = Shape::rectangle, .width_deg = 10, .height_deg = 4, .edge_deg = 2};
  CHECK(aperture_weight(bar, 4, 1) == 1);
  CHECK(aperture_weight(bar, 5, 2) == Approx(0.25).margin(1e-15));
  CHECK(aperture_weight(bar, -5, 0) == Approx(0.5).margin(1e-15));
  CHECK(aperture_weight(bar, 0, 3) == 0);
}

TEST_CASE("a Gaussian falls with the square of the distance") {
  const Aperture bell{.shape = Shape::gaussian, .x_deg = 3, .y_deg = 1, .sigma_deg = 2};
  CHECK(aperture_weight(bell, 3, 1) == 1);
  CHECK(aperture_weight(bell, 6, 5) == Approx(std::exp(-25.0 / 8)).epsilon(1e-14));
  CHECK(aperture_weight({}, 1e5, -1e5) == 1);
}

TEST_CASE("apertures that are products say so and multiply to their weight") {
  const Aperture bell{.shape = Shape::gaussian, .x_deg = 3, .y_deg = 1, .sigma_deg = 2},
      bar{.shape = Shape::rectangle, .x_deg = 1, .width_deg = 10, .height_deg = 4, .edge_deg = 2};
  for (const auto& aperture : {bell, bar, Aperture{}}) {
    REQUIRE(is_product(aperture));
    for (const double x : {-4.5, 0.2, 5.5})
      for (const double y : {-2.5, 0.0, 1.9})
        CHECK(weight_along_x(aperture, x) * weight_along_y(aperture, y) == aperture_weight(aperture, x, y));
  }
  CHECK_FALSE(is_product({.shape = Shape::disk, .diameter_deg = 1}));
  CHECK_FALSE(is_product({.shape = Shape::annulus, .diameter_deg = 2, .inner_diameter_deg = 1}));
}

TEST_CASE("rings of one weight are those between the rims") {
  const Aperture disk{.shape = Shape::disk, .diameter_deg = 10, .edge_deg = 2},
      ring{.shape = Shape::annulus, .diameter_deg = 20, .inner_diameter_deg = 10, .edge_deg = 2};
  CHECK(ring_weight(disk, 0, 4) == 1.0);
  CHECK(ring_weight(disk, 0, 4.01) == std::nullopt);
  CHECK(ring_weight(disk, 6.01, 1000) == 0.0);
  CHECK(ring_weight(disk, 5, 5) == std::nullopt);
  CHECK(ring_weight(ring, 0, 4) == 0.0);
  CHECK(ring_weight(ring, 3, 7) == std::nullopt);
  CHECK(ring_weight(ring, 6.01, 9) == 1.0);
  CHECK(ring_weight(ring, 9, 12) == std::nullopt);
  CHECK(ring_weight(ring, 11.01, 12) == 0.0);
  Aperture outside = disk;
  outside.invert = true;
  CHECK(ring_weight(outside, 0, 4) == 0.0);
  CHECK(ring_weight(outside, 6.01, 1000) == 1.0);
  // The same at any distance as the weight itself.
  for (const auto& aperture : {disk, ring, outside})
    for (double r = 0; r < 14; r += 0.25)
      if (const auto weight = ring_weight(aperture, r, r)) CHECK(*weight == aperture_weight(aperture, r, 0));
}
