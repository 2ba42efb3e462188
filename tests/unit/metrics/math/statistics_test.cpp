// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/statistics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "metrics/analyses/tuning/similarity.hpp"

using namespace striate::metrics;

namespace {
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("moments and quantiles of small samples") {
  const std::vector<double> values{4, 1, 3, 2};
  CHECK(mean(values) == 2.5);
  CHECK(deviation(values, 0) == Approx(std::sqrt(1.25)));
  CHECK(deviation(values, 1) == Approx(std::sqrt(5.0 / 3)));
  CHECK(standard_error(values) == Approx(std::sqrt(5.0 / 12)));
  CHECK(quantile(values, 0.25) == 1.75);
  CHECK(median(values) == 2.5);
  CHECK(quantile(values, 1) == 4);
  const std::vector<double> gaps{not_a_number, 1, not_a_number, 3};
  CHECK(nan_mean(gaps) == 2);
  CHECK(std::isnan(mean({})));
  CHECK(std::isnan(median({})));
  const std::vector<double> one{7};
  CHECK(deviation(one, 0) == 0);
  CHECK(std::isnan(deviation(one, 1)));
}

TEST_CASE("Pearson correlation of lines, and of constants") {
  const std::vector<double> x{1, 2, 3}, up{2, 4, 6}, down{5, 3, 1}, flat{1, 1, 1}, bent{1, 2, 1};
  CHECK(pearson(x, up) == Approx(1));
  CHECK(pearson(x, down) == Approx(-1));
  CHECK(pearson(x, bent) == Approx(0).margin(1e-15));
  CHECK(std::isnan(pearson(x, flat)));
}

TEST_CASE("Spearman's correlation sees ranks only, equal values share theirs") {
  const std::vector<double> x{1, 2, 3, 4}, grows{0, 1, 100, 1e6}, falls{9, 8, 7, -5}, tied{1, 2, 2, 3};
  CHECK(spearman(x, grows) == Approx(1));
  CHECK(spearman(x, falls) == Approx(-1));
  // Ranks 1, 2.5, 2.5, 4 against 1..4: 4.5 / sqrt(5 * 4.5)
  CHECK(spearman(x, tied) == Approx(4.5 / std::sqrt(5 * 4.5)));
  const std::vector<double> flat{1, 1, 1, 1};
  CHECK(std::isnan(spearman(x, flat)));
}

TEST_CASE("Kolmogorov-Smirnov distance of small samples, worked by hand") {
  CHECK(ks_distance({1, 2, 3}, {1, 2, 3}) == 0);
  CHECK(ks_distance({1, 2}, {3, 4}) == 1);
  CHECK(ks_distance({1, 3}, {2}) == 0.5);
  CHECK(ks_distance({1, 1, 2}, {1, 3}) == Approx(0.5));  // at 2: 1 - 1/2
  CHECK(ks_distance({0, 0, 0, 5}, {0}) == 0.25);
  CHECK(ks_distance({2}, {2}) == 0);
  CHECK(std::isnan(ks_distance({}, {1})));
}

TEST_CASE("Student's t from its tail") {
  CHECK(student_p(2.2281388519649385, 10) == Approx(0.05));
  CHECK(student_p(-2.2281388519649385, 10) == Approx(0.05));
  CHECK(student_p(0, 5) == Approx(1));
  CHECK(student_p(100, 50) > 0);  // 1 - CDF would underflow
  CHECK(student_p(100, 50) < 1e-50);
  CHECK(std::isnan(student_p(1, 0)));
  CHECK(student_quantile(0.95, 9) == Approx(2.2621571628540993));
}

TEST_CASE("Poisson tails step at integers") {
  // mu = 2: P(X <= 3) = e^-2 (1 + 2 + 2 + 4/3)
  const double cdf3 = std::exp(-2.0) * (1 + 2 + 2 + 4.0 / 3);
  CHECK(poisson_lower(3, 2) == Approx(cdf3));
  CHECK(poisson_lower(3.99, 2) == Approx(cdf3));
  CHECK(poisson_upper(3.5, 2) == Approx(1 - cdf3));
  CHECK(poisson_upper(100, 2) > 0);  // 1 - CDF would be 0
  CHECK(poisson_upper(100, 2) < 1e-100);
  CHECK(std::isnan(poisson_upper(1, 0)));
  CHECK(std::isnan(poisson_upper(not_a_number, 1)));
}

TEST_CASE("sparsity runs from 0 for equal responses to 1 for a single one") {
  CHECK(sparsity(std::vector<double>{3, 3, 3, 3}) == Approx(0).margin(1e-15));
  CHECK(sparsity(std::vector<double>{0, 0, 5, 0}) == Approx(1));
  // A = (1.5^2)/(5/2... r = 1, 2: mean 1.5, mean square 2.5, A = 0.9, S = 0.1 / 0.5
  CHECK(sparsity(std::vector<double>{1, 2}) == Approx(0.2));
  CHECK(std::isnan(sparsity(std::vector<double>{0, 0})));
}

TEST_CASE("similarity is 1 - KS with an interval that holds it, equal samples reach 1") {
  std::vector<double> low, high;
  for (int i = 0; i < 200; ++i) {
    low.push_back(i);
    high.push_back(i + 100);
  }
  const auto half = similarity_of(low, high, 3, 500);
  CHECK(half.value == 0.5);
  CHECK(half.low > 0.38);
  CHECK(half.low < 0.5);
  CHECK(half.high < 0.64);
  CHECK(half.high > 0.5);
  CHECK(similarity_of(low, low, 0, 100).value == 1);
  CHECK(similarity_of(low, high, 3, 500).low == half.low);  // its own random numbers
  CHECK(std::isnan(similarity_of({}, high, 0, 10).value));
}
