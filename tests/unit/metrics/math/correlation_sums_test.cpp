// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/correlation_sums.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "metrics/math/statistics.hpp"

using namespace striate::metrics;

namespace {

/// Sums of contrast_bins() with `n` weights of `weight` at each of the correlations.
struct ContrastSums {
  std::vector<double> sums = std::vector<double>(3 * contrast_bins().size(), 0);
  void put(double correlation, int n, double weight) {
    for (int i = 0; i < n; ++i)
      add_to_bin(std::span(sums).subspan(3 * contrast_bins().index(correlation).value(), 3), weight);
  }
};

}  // namespace

TEST_CASE("the bins of the contrast are NumPy's: the last edge lies below 1") {
  const auto& bins = contrast_bins();
  REQUIRE(bins.size() == 20);
  CHECK(bins.low_edge(0) == -1);
  CHECK(bins.index(-1) == 0u);
  CHECK_FALSE(bins.index(std::nextafter(-1.0, -2.0)));
  CHECK_FALSE(bins.index(1));
  CHECK_FALSE(bins.index(0.9999999999999996));
  CHECK(bins.index(0.9999999999999994) == 19u);
  CHECK_FALSE(bins.index(std::nan("")));
  // numpy.digitize(x, numpy.arange(-1, 1 + 1e-9, 0.1)) - 1
  CHECK(bins.index(-0.5) == 5u);
  CHECK(bins.index(0.0) == 10u);
  CHECK(bins.index(0.1) == 11u);
  CHECK(bins.index(0.3) == 13u);
  CHECK(bins.index(0.5) == 15u);
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    CHECK(bins.index(bins.low_edge(bin)) == bin);
    CHECK(bins.index(std::nextafter(bins.low_edge(bin + 1), -2.0)) == bin);
  }
}

TEST_CASE("bins closed on the right take their upper edge, and the first its lower one") {
  const CorrelationBins bins(-0.2, 0.5, 0.05, CorrelationBins::Closed::right);
  REQUIRE(bins.size() == 14);
  CHECK(bins.index(-0.2) == 0u);
  CHECK(bins.index(bins.low_edge(1)) == 0u);
  CHECK(bins.index(std::nextafter(bins.low_edge(1), 1.0)) == 1u);
  CHECK(bins.index(bins.low_edge(14)) == 13u);
  CHECK_FALSE(bins.index(std::nextafter(bins.low_edge(14), 1.0)));
  CHECK_FALSE(bins.index(-0.21));
  CHECK(bins.centre(0) == Approx(-0.175));
}

TEST_CASE("bins of 0.03 as in the plots of single networks") {
  const CorrelationBins bins(-1, 0.98, 0.03);
  CHECK(bins.size() == 66);
  CHECK(bins.low_edge(66) == Approx(0.98));
}

TEST_CASE("means and errors of a bin follow from its sums") {
  std::vector<double> sums(3, 0);
  CHECK(std::isnan(bin_mean(sums).mean));
  add_to_bin(sums, 2);
  CHECK(bin_mean(sums).mean == 2);
  CHECK(std::isnan(bin_mean(sums).sem));
  add_to_bin(sums, 4);
  add_to_bin(sums, 9);
  CHECK(bin_mean(sums).n == 3);
  CHECK(bin_mean(sums).mean == 5);
  CHECK(bin_mean(sums).sem == Approx(std::sqrt(13.0 / 3)));  // variance (9 + 1 + 16) / 2
}

TEST_CASE("like-to-like contrasts means of bin means") {
  ContrastSums data;
  data.put(-0.95, 5, 1);
  data.put(-0.55, 500, 3);  // bins count alike, however full
  data.put(0.05, 5, 4);
  data.put(0.55, 5, 6);
  data.put(0.95, 10, 10);
  const auto result = like_to_like(data.sums);
  CHECK(result.anti == 2);
  CHECK(result.none == 4);
  CHECK(result.like == 8);
  CHECK(result.delta_anti == 0.5);
  CHECK(result.delta_like == 1);
}

TEST_CASE("bins with fewer than five connections do not count") {
  ContrastSums data;
  data.put(0.05, 5, 4);
  data.put(-0.05, 4, 100);
  data.put(0.75, 4, 100);
  const auto result = like_to_like(data.sums);
  CHECK(result.none == 4);
  CHECK(std::isnan(result.like));
  CHECK(std::isnan(result.delta_like));
  data.put(-0.05, 1, 100);
  CHECK(like_to_like(data.sums).none == 52);
}

TEST_CASE("'none' has the bin centred at 0.25 but not the one at -0.25, like and anti five each") {
  ContrastSums data;
  const auto& bins = contrast_bins();
  for (std::size_t bin = 0; bin < bins.size(); ++bin)
    data.put(bins.low_edge(bin), 5, std::ldexp(1.0, static_cast<int>(bin)));
  const auto result = like_to_like(data.sums);
  CHECK(result.none * 5 == (1 << 8) + (1 << 9) + (1 << 10) + (1 << 11) + (1 << 12));
  CHECK(result.anti * 5 == 1 + 2 + 4 + 8 + 16);
  CHECK(result.like * 5 == (1 << 15) + (1 << 16) + (1 << 17) + (1 << 18) + (1 << 19));
}

TEST_CASE("no contrast against a mean of zero, inhibition keeps the sign of the contrast") {
  ContrastSums zero, inhibition;
  zero.put(0.05, 5, 0);
  zero.put(0.55, 5, 1);
  CHECK(std::isnan(like_to_like(zero.sums).delta_like));
  inhibition.put(0.05, 5, -4);
  inhibition.put(0.55, 5, -6);
  CHECK(like_to_like(inhibition.sums).delta_like == 0.5);
}

TEST_CASE("the regression line is that of the textbook") {
  // x 1 2 3 4, y 2 3 5 4: slope 0.8, intercept 1.5, r 0.8
  std::vector<double> sums(LineSums::size, 0);
  for (const auto& [x, y] : {std::pair{1.0, 2.0}, {2.0, 3.0}, {3.0, 5.0}, {4.0, 4.0}})
    LineSums::add(sums, x, y);
  const auto line = LineSums::fit(sums);
  CHECK(line.n == 4);
  CHECK(line.slope == Approx(0.8));
  CHECK(line.intercept == Approx(1.5));
  CHECK(line.slope_swapped == Approx(0.8));
  CHECK(line.r == Approx(0.8));
  CHECK(line.p == Approx(0.2));  // of four points p = 1 - |r|
}

TEST_CASE("two points, one correlation alone or one weight alone give no line") {
  std::vector<double> two(LineSums::size, 0), same_x(LineSums::size, 0), same_y(LineSums::size, 0);
  LineSums::add(two, 0, 1);
  LineSums::add(two, 1, 2);
  CHECK(std::isnan(LineSums::fit(two).slope));
  for (int i = 0; i < 7; ++i) {
    LineSums::add(same_x, 0.3, i);
    LineSums::add(same_y, 0.1 * i, 0.7);
  }
  CHECK(std::isnan(LineSums::fit(same_x).slope));
  CHECK(LineSums::fit(same_y).slope == Approx(0).margin(1e-12));
  CHECK(std::isnan(LineSums::fit(same_y).p));
  std::vector<double> exact(LineSums::size, 0);
  for (int i = 0; i < 4; ++i) LineSums::add(exact, i, 2 * i);
  CHECK(LineSums::fit(exact).p == 0);
}

TEST_CASE("half of the weight lies in the best correlated connections") {
  std::vector<double> sums(WeightProfile::size, 0);
  CHECK(std::isnan(WeightProfile::half_weight_fraction(sums)));
  WeightProfile::add(sums, 1, 6);
  WeightProfile::add(sums, 0.5, 2);
  WeightProfile::add(sums, -1, 4);
  CHECK(WeightProfile::half_weight_fraction(sums) == Approx(1.0 / 3));
  for (int i = 0; i < 6; ++i) WeightProfile::add(sums, 0.0, 2);  // total 24: 6 + 2 + two of these
  CHECK(WeightProfile::half_weight_fraction(sums) == Approx(4.0 / 9));
  std::vector<double> inhibition(WeightProfile::size, 0);
  WeightProfile::add(inhibition, 0.3, -1);
  CHECK(std::isnan(WeightProfile::half_weight_fraction(inhibition)));
}
