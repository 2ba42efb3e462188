// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/field_map.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "core/values/random.hpp"

using namespace striate;
using namespace striate::metrics;

namespace {

/// A Gaussian of 30 at row 3.3, column 5.2 with noise; what SciPy 1.10 makes of it stands in the tests.
const FieldMap noisy{
    9, 9, {4, 3, 5, 5,  2,  2,  2,  2,  4,  3, 3, 2, 6,  6,  7,  5,  3,  5, 3, 5, 7, 8, 14, 18, 16, 10, 7,
           3, 4, 7, 15, 25, 33, 28, 20, 12, 2, 4, 8, 12, 23, 28, 25, 18, 9, 5, 5, 6, 6, 9,  14, 13, 8,  6,
           2, 5, 5, 3,  6,  3,  6,  5,  5,  4, 2, 5, 4,  2,  5,  2,  3,  5, 5, 2, 3, 5, 4,  2,  3,  4,  2}};

FieldMap gaussian(double row, double column, double sd_row, double sd_column, double offset) {
  FieldMap map{9, 9, {}};
  for (int r = 0; r < 9; ++r)
    for (int c = 0; c < 9; ++c)
      map.values.push_back(offset + 20 * std::exp(-(r - row) * (r - row) / (2 * sd_row * sd_row) -
                                                  (c - column) * (c - column) / (2 * sd_column * sd_column)));
  return map;
}

}  // namespace

TEST_CASE("the blur is that of SciPy's gaussian_filter, mirrored at the edges") {
  const auto smooth = blurred(noisy);
  CHECK(smooth.at(0, 0) == Approx(3.5306439028313457).epsilon(1e-12));
  CHECK(smooth.at(3, 5) == Approx(21.811181350107244).epsilon(1e-12));
  CHECK(smooth.at(8, 8) == Approx(3.280285424656699).epsilon(1e-12));
  const auto flat = blurred({2, 3, {5, 5, 5, 5, 5, 5}});  // smaller than the kernel
  for (const double value : flat.values) CHECK(value == Approx(5));
}

TEST_CASE("the mask hangs together with the largest pixel") {
  const auto mask = mask_of(noisy);
  CHECK(mask.pixels == 3);
  CHECK(mask.row == Approx(10.0 / 3));
  CHECK(mask.column == Approx(16.0 / 3));
  CHECK_FALSE(mask.suppressive);
  // A second field of the same kind far away, a little lower, is none of it.
  auto two = gaussian(2, 2, 0.7, 0.7, 0);
  const auto other = gaussian(6, 6, 0.7, 0.7, 0);
  for (std::size_t k = 0; k < two.values.size(); ++k) two.values[k] += 0.99 * other.values[k];
  CHECK(mask_of(two).row == Approx(2).margin(0.01));
  CHECK(mask_of(two).pixels < 9);
}

TEST_CASE("a hole in the middle is a suppressive field, and is turned over") {
  auto hole = gaussian(4, 4, 1.4, 1.4, 0);
  for (double& value : hole.values) value = 20 - value;
  CHECK(mask_of(hole).suppressive);
  const auto fit = fit_gaussian(turned(hole), FieldOffset::fit);
  CHECK(fit.found);
  CHECK(fit.row == Approx(4));
  CHECK(fit.sd_row == Approx(1.4));
}

TEST_CASE("Gaussian fits are the least squares that SciPy finds") {
  const auto plain = fit_gaussian(noisy, FieldOffset::none);
  CHECK(plain.found);
  CHECK(plain.amplitude == Approx(29.40175985785353).epsilon(1e-5));
  CHECK(plain.row == Approx(3.3604055020802157).epsilon(1e-5));
  CHECK(plain.column == Approx(5.1952330019881).epsilon(1e-5));
  CHECK(plain.sd_row == Approx(1.417255759773496).epsilon(1e-5));
  CHECK(plain.sd_column == Approx(2.075390899986646).epsilon(1e-5));
  CHECK(plain.offset == 0);
  const auto offset = fit_gaussian(noisy, FieldOffset::fit);
  CHECK(offset.sd_row == Approx(1.0817871493177802).epsilon(1e-5));
  CHECK(offset.sd_column == Approx(1.6455762124602882).epsilon(1e-5));
  CHECK(offset.offset == Approx(3.4182256367674846).epsilon(1e-5));
}

TEST_CASE("known fields are found wherever they lie, also beyond the places shown") {
  for (const double row : {0.0, 3.7, 8.0})
    for (const double column : {-0.8, 4.4, 8.6}) {
      const auto fit = fit_gaussian(gaussian(row, column, 1.3, 2.1, 0), FieldOffset::none);
      INFO(row << " " << column);
      CHECK(fit.row == Approx(row).margin(1e-5));
      CHECK(fit.column == Approx(column).margin(1e-5));
      CHECK(fit.sd_row == Approx(1.3).epsilon(1e-5));
      CHECK(fit.sd_column == Approx(2.1).epsilon(1e-5));
    }
  const auto nothing = fit_gaussian({9, 9, std::vector<double>(81, 0.0)}, FieldOffset::none);
  CHECK(std::isnan(nothing.row));
  CHECK_FALSE(nothing.found);
}

TEST_CASE("chi-squared of responses by place, and its place among shuffles") {
  // 4 places, 5 presentations of each.
  std::vector<std::uint32_t> place;
  for (std::uint32_t i = 0; i < 20; ++i) place.push_back(i % 4);
  const PlaceShuffles shuffles(place, 4, 1000, 3);
  std::vector<std::uint16_t> tuned(20, 1), even(20, 2), none(20, 0);
  for (std::size_t i = 0; i < 20; i += 4) tuned[i] = 9;
  const auto test = shuffles.test(tuned);
  CHECK(test.chi2 == Approx((45 - 15) * (45 - 15) / 15.0 + 3 * (10.0 * 10.0) / 15.0));
  CHECK(test.p < 0.01);
  CHECK(shuffles.test(even).chi2 == Approx(0).margin(1e-12));
  CHECK(std::isnan(shuffles.test(none).p));
  // Without a field p is uniform.
  std::size_t small = 0;
  for (std::uint64_t cell = 0; cell < 400; ++cell) {
    core::RandomStream random(1, core::Purpose::test, cell);
    std::vector<std::uint16_t> responses;
    for (int i = 0; i < 20; ++i) responses.push_back(random() % 3 == 0 ? 1 : 0);
    if (const auto p = shuffles.test(responses).p; p < 0.1) ++small;
  }
  CHECK(small > 15);
  CHECK(small < 75);
}
