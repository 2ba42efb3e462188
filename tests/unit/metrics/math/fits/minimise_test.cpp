// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/fits/minimise.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace striate::metrics;

namespace {

Parameters point(std::initializer_list<double> values) {
  Parameters at(static_cast<Eigen::Index>(values.size()));
  std::copy(values.begin(), values.end(), at.data());
  return at;
}

double line(double x, const Parameters& at, Parameters& by) {
  by[0] = 1;
  by[1] = x;
  return at[0] + at[1] * x;
}

/// Rosenbrock's valley as least squares: residuals 1 - a and 10 (b - a^2).
LocalShape valley(const Parameters& at) {
  const double r = 1 - at[0], s = 10 * (at[1] - at[0] * at[0]);
  const Parameters by_r = point({-1, 0}), by_s = point({-20 * at[0], 10});
  return {(r * r + s * s) / 2, r * by_r + s * by_s, by_r * by_r.transpose() + by_s * by_s.transpose()};
}

}  // namespace

TEST_CASE("a line through points is the one of least squares") {
  const double x[] = {0, 1, 2, 3}, y[] = {1, 2, 2, 4};
  const auto found = minimise(least_squares(line, x, y), point({0, 0}), {point({-9, -9}), point({9, 9})});
  CHECK(found.found);
  CHECK(found.at[0] == Approx(0.9));
  CHECK(found.at[1] == Approx(0.9));
  CHECK(found.value == Approx(0.7 / 2));
}

TEST_CASE("a parameter rests at its bound while the others go on, and leaves it when they are there") {
  const double x[] = {0, 1, 2, 3}, y[] = {1, 2, 2, 4};
  // With a slope of at most 0.5 the best line through the middle (1.5, 2.25) begins at 1.5.
  const auto found = minimise(least_squares(line, x, y), point({5, 5}), {point({-9, -9}), point({9, 0.5})});
  CHECK(found.at[1] == 0.5);
  CHECK(found.at[0] == Approx(1.5));
  // Beginning on the bound the minimum inside is found.
  const auto inside = minimise(least_squares(line, x, y), point({9, -9}), {point({-9, -9}), point({9, 9})});
  CHECK(inside.at[1] == Approx(0.9));
}

TEST_CASE("a curved valley is followed to its end") {
  const auto found = minimise(valley, point({-1.2, 1}), {point({-5, -5}), point({5, 5})});
  CHECK(found.found);
  CHECK(found.at[0] == Approx(1).epsilon(1e-6));
  CHECK(found.at[1] == Approx(1).epsilon(1e-6));
}

TEST_CASE("of several starts the lowest minimum counts") {
  // cos x + x / 10: minima near pi and 3 pi; the curvature is never negative.
  const Shape waves = [](const Parameters& at) {
    LocalShape shape{std::cos(at[0]) + at[0] / 10, point({0.1 - std::sin(at[0])}), Curvature::Ones(1, 1)};
    return shape;
  };
  const Bounds bounds{point({0}), point({12})};
  const Parameters starts[] = {point({9}), point({3}), point({9.5})};
  CHECK(minimise(waves, starts[0], bounds).at[0] == Approx(9.3246).epsilon(1e-4));
  CHECK(minimise(waves, starts, bounds).at[0] == Approx(3.0414).epsilon(1e-4));
}
