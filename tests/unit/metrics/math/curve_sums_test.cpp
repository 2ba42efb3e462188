// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/curve_sums.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace striate::metrics;

namespace {

template <class Function>
std::vector<double> sums_of(const Function& y, int count = 21) {
  std::vector<double> sums(CurveSums::size, 0);
  for (int i = 0; i < count; ++i) {
    const double x = -1 + 2.0 * i / (count - 1);
    CurveSums::add(sums, x, y(x));
  }
  return sums;
}

}  // namespace

TEST_CASE("Legendre polynomials are found in exact data") {
  const auto fit = CurveSums::legendre(sums_of([](double x) { return 3 + 2 * x + (3 * x * x - 1) / 2; }));
  CHECK(fit.c[0] == Approx(3));
  CHECK(fit.c[1] == Approx(2));
  CHECK(fit.c[2] == Approx(1));
  CHECK(fit.c[3] == Approx(0).margin(1e-10));
  CHECK(fit.r2 == Approx(1));
  CHECK(fit.at(0.5) == Approx(4 - 0.125));
}

TEST_CASE("two lines meet at 0") {
  const auto fit = CurveSums::piecewise(sums_of([](double x) { return x < 0 ? 5 - x : 5 + 4 * x; }));
  CHECK(fit.c == Approx(5));
  CHECK(fit.low == Approx(-1));
  CHECK(fit.high == Approx(4));
  CHECK(fit.r2 == Approx(1));
  CHECK(fit.at(-0.5) == Approx(5.5));
  CHECK(fit.at(0.5) == Approx(7));
}

TEST_CASE("r2 is the share of the variance") {
  // y = x^2 on -1, 0, 1: the lines fit it exactly; the best polynomial of a step does not.
  std::vector<double> sums(CurveSums::size, 0);
  for (const double x : {-1.0, -0.5, 0.0, 0.5, 1.0}) CurveSums::add(sums, x, x > 0 ? 1 : 0);
  CHECK(CurveSums::piecewise(sums).r2 == Approx(0.8571428571));  // numpy.linalg.lstsq
  CHECK(CurveSums::legendre(sums).r2 == Approx(0.8928571429));
}

TEST_CASE("too few points, or points on one side, give no curve") {
  CHECK(std::isnan(CurveSums::legendre(sums_of([](double x) { return x; }, 4)).c[0]));
  CHECK_FALSE(std::isnan(CurveSums::legendre(sums_of([](double x) { return x; }, 5)).c[0]));
  std::vector<double> same(CurveSums::size, 0), right(CurveSums::size, 0);
  for (int i = 0; i < 9; ++i) {
    CurveSums::add(same, 0.25, i);
    CurveSums::add(right, 0.1 * (i + 1), i);
  }
  CHECK(std::isnan(CurveSums::legendre(same).r2));
  CHECK(std::isnan(CurveSums::piecewise(right).c));
}
