// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/connection_law.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace striate::metrics;

namespace {

const std::vector<DistanceClass> measured{
    {0, 50, 180, 31}, {50, 100, 620, 86}, {100, 150, 980, 93}, {150, 200, 1260, 70}, {200, 300, 2900, 52}};

std::vector<DistanceClass> with_connected(std::int64_t (*connected)(const DistanceClass&)) {
  auto classes = measured;
  for (auto& each : classes) each.connected = connected(each);
  return classes;
}

}  // namespace

TEST_CASE("the mean of a Gaussian over a bin is that of pairs equally dense in area") {
  // Against a sum of 100000 rings.
  for (const double sigma : {30.0, 127.0, 900.0}) {
    double sum = 0, area = 0;
    for (int i = 0; i < 100000; ++i) {
      const double r = 50 + 50 * (i + 0.5) / 100000;
      sum += r * std::exp(-r * r / (2 * sigma * sigma));
      area += r;
    }
    CHECK(relative_probability({50, 100, 0, 0}, sigma) == Approx(sum / area).epsilon(1e-8));
  }
  CHECK(relative_probability({60, 60, 1, 0}, 60) == Approx(std::exp(-0.5)));
  CHECK(relative_probability({0, 1e-6, 1, 0}, 60) == Approx(1));
  // Where the mean itself is 0 in double, its logarithm is not.
  CHECK(relative_probability({900, 1000, 1, 0}, 20) == 0);
  CHECK(log_relative_probability({900, 1000, 1, 0}, 20) ==
        Approx(-900.0 * 900 / 800 - std::log((1000.0 * 1000 - 900 * 900) / 800)));
}

TEST_CASE("peak with a given width: maximum, profile interval, likelihood") {
  // Two programs for bounded minimisation agree on these numbers.
  const auto fit = fit_connections(measured, 127);
  CHECK(fit.pairs == 5940);
  CHECK(fit.connected == 332);
  CHECK(fit.p0 == Approx(0.15224017).epsilon(1e-7));
  CHECK(fit.p0_low == Approx(0.137060).margin(1e-6));
  CHECK(fit.p0_high == Approx(0.168393).margin(1e-6));
  CHECK(fit.log_likelihood == Approx(-1173.20488).margin(1e-5));
  CHECK(fit.sigma_um == 127);
  CHECK(fit.sigma_low == 127);
  CHECK(fit.sigma_high == 127);
}

TEST_CASE("peak and width together") {
  const auto fit = fit_connections(measured, {});
  CHECK(fit.p0 == Approx(0.17481038).epsilon(1e-6));
  CHECK(fit.sigma_um == Approx(115.7850).margin(1e-4));
  CHECK(fit.sigma_low == Approx(107.583).margin(1e-3));
  CHECK(fit.sigma_high == Approx(125.618).margin(1e-3));
  CHECK(fit.log_likelihood == Approx(-1170.77108).margin(1e-5));
  CHECK(fit.chi2 == Approx(0.05877).margin(1e-5));
  // The profile over sigma is wider than the interval at one sigma.
  const auto fixed = fit_connections(measured, fit.sigma_um);
  CHECK(fixed.p0 == Approx(fit.p0));
  CHECK(fit.p0_low < fixed.p0_low);
  CHECK(fit.p0_high > fixed.p0_high);
}

TEST_CASE("no connection gives an upper limit, with a width only") {
  const auto none = with_connected([](const DistanceClass&) { return std::int64_t{0}; });
  const auto fit = fit_connections(none, 127);
  CHECK(fit.p0 == 0);
  CHECK(fit.p0_low == 0);
  CHECK(fit.p0_high == Approx(0.00136636).margin(1e-8));
  const auto free = fit_connections(none, {});
  CHECK(free.p0 == 0);
  CHECK(std::isnan(free.p0_high));
  CHECK(std::isnan(free.sigma_um));
  // So few pairs that even p0 = 1 may leave none connected.
  CHECK(fit_connections(std::vector<DistanceClass>{{100, 100, 2, 0}}, 127).p0_high == 1);
}

TEST_CASE("all connected, one pair, none at all") {
  const auto all = fit_connections(with_connected([](const DistanceClass& each) { return each.pairs; }), 127);
  CHECK(all.p0 == 1);
  CHECK(all.p0_high == 1);
  CHECK(all.p0_low > 0.99);
  const auto single = fit_connections(std::vector<DistanceClass>{{0, 0, 1, 1}}, 100);
  CHECK(single.p0 == 1);
  CHECK(single.p0_low == Approx(std::exp(-1.920729410347062)));
  CHECK(std::isnan(single.chi2));
  const auto nothing = fit_connections(std::vector<DistanceClass>{{0, 50, 0, 0}}, 100);
  CHECK(nothing.pairs == 0);
  CHECK(std::isnan(nothing.p0));
  CHECK(nothing.sigma_um == 100);
}

TEST_CASE("bins without pairs and the order of bins change nothing") {
  auto shuffled = measured;
  std::swap(shuffled[0], shuffled[4]);
  shuffled.push_back({300, 400, 0, 0});
  const auto fit = fit_connections(measured, {}), other = fit_connections(shuffled, {});
  CHECK(other.p0 == Approx(fit.p0).epsilon(1e-9));
  CHECK(other.sigma_high == Approx(fit.sigma_high).epsilon(1e-7));
}

TEST_CASE("a width beyond what is looked for ends at the limit of the search") {
  const auto flat = with_connected([](const DistanceClass& each) { return each.pairs / 10; });
  const auto fit = fit_connections(flat, {});
  CHECK(fit.sigma_um > 300);
  CHECK(fit.sigma_high == greatest_sigma_um);
  const std::vector<DistanceClass> near{{0, 10, 500, 100}, {10, 400, 50000, 0}};
  const auto narrow = fit_connections(near, {});
  CHECK(narrow.sigma_um == least_sigma_um);
  CHECK(narrow.sigma_low == least_sigma_um);
}

TEST_CASE("targets twice the usual size are connected as by twice the peak") {
  auto large = measured;
  for (auto& each : large) each.relative_size = 2;
  const auto fit = fit_connections(measured, 127), half = fit_connections(large, 127);
  CHECK(half.p0 == Approx(fit.p0 / 2));
  CHECK(half.p0_high == Approx(fit.p0_high / 2));
  CHECK(half.log_likelihood == Approx(fit.log_likelihood));
  // Where nearly all are connected no probability above 1 is needed.
  const auto all = fit_connections(std::vector<DistanceClass>{{0, 10, 100, 99, 3.0}}, 127);
  CHECK(all.p0 < 1.0 / 3 / relative_probability({0, 10, 1, 1}, 127));
  CHECK(all.p0 > 0.3);
}

TEST_CASE("Wilson's interval") {
  const auto some = wilson_interval(8, 40);
  CHECK(some.low == Approx(0.1049999).margin(1e-6));
  CHECK(some.high == Approx(0.3475731).margin(1e-6));
  CHECK(wilson_interval(0, 10).low == 0);
  CHECK(wilson_interval(0, 10).high == Approx(0.2775328));
  CHECK(wilson_interval(10, 10).high == Approx(1));
  CHECK(std::isnan(wilson_interval(0, 0).low));
}
