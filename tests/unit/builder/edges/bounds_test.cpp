// SPDX-License-Identifier: BSD-3-Clause
// Sampling by thinning is exact only while no bound lies below the truth.
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "builder/edges/connections.hpp"
#include "builder/edges/gaussian_cells.hpp"
#include "core/values/random.hpp"

using namespace striate;
using namespace striate::builder;

namespace {

double exponent_at(const Gaussian2d& g, double x, double y) {
  const double dx = x - g.centre_x, dy = y - g.centre_y;
  return 0.5 * (std::pow((g.cos * dx + g.sin * dy) / g.sigma_along, 2) +
                std::pow((g.cos * dy - g.sin * dx) / g.sigma_across, 2));
}

}  // namespace

TEST_CASE("the upper exponential lies above the truth, within 0.3 percent") {
  for (float x = 0; x < 80; x += 0.0037f) {
    const double truth = std::exp(-static_cast<double>(x));
    REQUIRE(exp_minus_upper(x) >= truth);
    REQUIRE(exp_minus_upper(x) <= 1.003 * truth);
  }
  CHECK(exp_minus_upper(1e6f) > 1e-36f);
}

TEST_CASE("bounds of a Gaussian hold everywhere in their cell, and closely in small ones") {
  core::RandomStream random(3, core::Purpose::test, 0);
  std::vector<float> bound, exponent;
  for (int trial = 0; trial < 400; ++trial) {
    const double angle = 2 * std::numbers::pi * random.uniform();
    const double sigma = 20 + 200 * random.uniform(), aspect = 0.4 + 2 * random.uniform();
    const Gaussian2d g{.centre_x = 700 * (random.uniform() - 0.5),
                       .centre_y = 700 * (random.uniform() - 0.5),
                       .cos = std::cos(angle),
                       .sin = std::sin(angle),
                       .sigma_along = sigma * aspect,
                       .sigma_across = sigma / aspect};
    CellGrid cells;
    cells.half_width = trial % 2 == 0 ? 20 : 0.1f;
    for (int c = 0; c < 30; ++c) {
      cells.x.push_back(static_cast<float>(1400 * (random.uniform() - 0.5)));
      cells.y.push_back(static_cast<float>(1400 * (random.uniform() - 0.5)));
    }
    cells.x.push_back(static_cast<float>(g.centre_x)), cells.y.push_back(static_cast<float>(g.centre_y));
    bound_gaussian(g, cells, bound);
    bound_exponent(g, cells, exponent);
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const double h = cells.half_width;
      for (int point = 0; point < 13; ++point) {
        // The corners, the middle of the sides and the centre, then anywhere.
        const double u = point < 9 ? point % 3 - 1 : 2 * random.uniform() - 1,
                     v = point < 9 ? point / 3 - 1 : 2 * random.uniform() - 1;
        const double q = exponent_at(g, cells.x[c] + u * h, cells.y[c] + v * h);
        REQUIRE(exponent[c] <= q);
        REQUIRE(bound[c] >= std::exp(-q));
      }
      const double centre = exponent_at(g, cells.x[c], cells.y[c]);
      if (h < 1 && centre < 20) REQUIRE(exponent[c] > centre - 0.01 * (1 + centre));
    }
  }
}

TEST_CASE("the bound of intensities holds for all smaller probabilities") {
  for (double largest = 1e-6; largest <= 0.3; largest *= 1.3)
    for (double p = largest; p > 1e-9; p /= 1.7) {
      const double truth = -std::log1p(-p);
      REQUIRE(intensity_bound(p, largest) >= truth);
    }
  // Not far above: candidates in vain cost time.
  for (const double p : {1e-6, 0.01, 0.1, 0.3}) CHECK(intensity_bound(p, p) < -1.03 * std::log1p(-p));
}

TEST_CASE("a level is compared with an intensity as exactly as by the logarithm") {
  core::RandomStream random(5, core::Purpose::test, 0);
  for (int i = 0; i < 200'000; ++i) {
    const double p = 0.4 * random.uniform();
    const double intensity = -std::log1p(-p);
    // Most near the border.
    const double level = i % 4 == 0 ? random.uniform() : intensity * (1 + 0.1 * (random.uniform() - 0.5));
    REQUIRE(below_intensity(level, p) == (level <= intensity));
  }
}
