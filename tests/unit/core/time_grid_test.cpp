// SPDX-License-Identifier: BSD-3-Clause
#include "core/time_grid.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "core/errors/error.hpp"

using namespace striate;
using core::TimeGrid;

namespace {

const core::TimeGrid quarter = core::make_time_grid(0.25, "test");
const core::TimeGrid tenth = core::make_time_grid(0.1, "test");

double ulps_above(double value, int ulps) {
  for (int i = 0; i < ulps; ++i) value = std::nextafter(value, std::numeric_limits<double>::infinity());
  return value;
}

}  // namespace

TEST_CASE("a time step is a whole number of tics") {
  CHECK(quarter.tics_per_step() == 250);
  CHECK(tenth.tics_per_step() == 100);
  CHECK(core::make_time_grid(0.3, "test").tics_per_step() == 300);
  CHECK(core::make_time_grid(0.001, "test").tics_per_step() == 1);
  CHECK(core::make_time_grid(1e6, "test").tics_per_step() == 1'000'000'000);
  for (const double bad : {0.0, -0.25, 0.0005, 0.0015, 0.25001e-1, 1e6 + 1, 1e300, std::nan(""),
                           std::numeric_limits<double>::infinity()}) {
    INFO(bad);
    CHECK_THROWS_AS(core::make_time_grid(bad, "run.json:/run/dt"), core::ConfigError);
  }
  CHECK_THROWS_WITH(core::make_time_grid(0.0, "run.json:/run/dt"), Catch::Contains("run.json:/run/dt"));
}

TEST_CASE("delays round to the nearest step, half up") {
  const std::pair<double, core::Step> cases[] = {{0.88, 4},  {1.0, 4},    {1.1, 4}, {1.125, 5},
                                                 {1.13, 5},  {1.17, 5},   {1.7, 7}, {2.92, 12},
                                                 {0.125, 1}, {0.1249, 0}, {0.0, 0}, {-1.0, -4}};
  for (const auto& [delay, steps] : cases) {
    INFO(delay);
    CHECK(quarter.delay_steps(delay) == steps);
  }
  CHECK(tenth.delay_steps(1.15) == 12);  // a quotient would give 11
  CHECK(tenth.delay_steps(1.5) == 15);
  CHECK(quarter.delay_steps(1e300) > 65535);
}

TEST_CASE("refractory times round to tics, then up to whole steps") {
  const std::pair<double, core::Step> cases[] = {{3.0, 12},      {2.2, 9},    {2.45, 10}, {3.75, 15},
                                                 {0.2500001, 1}, {0.2505, 2}, {0.25, 1},  {0.0004, 0}};
  for (const auto& [t_ref, steps] : cases) {
    INFO(t_ref);
    CHECK(quarter.refractory_steps(t_ref) == steps);
  }
  CHECK(tenth.refractory_steps(3.75) == 38);
}

TEST_CASE("a background spike of bin j lands two steps after the bin's start") {
  for (int bin = 0; bin < 120'000; ++bin) {
    const double time_ms = ((bin + 1) * 2.5e-4) * 1000 + 0.01;
    if (quarter.spike_stamp(time_ms) != bin + 2) FAIL("bin " << bin);
  }
}

TEST_CASE("input spikes on the grid stay on their step") {
  for (core::Step step = 1; step <= 400'000; ++step) {
    // As read from decimal text: the double next to the decimal.
    if (quarter.spike_stamp(static_cast<double>(step) * 0.25) != step) FAIL("dt 0.25, step " << step);
    if (tenth.spike_stamp(static_cast<double>(step) / 10.0) != step) FAIL("dt 0.1, step " << step);
  }
}

TEST_CASE("input spikes off the grid belong to the end of their step") {
  CHECK(quarter.spike_stamp(0.01) == 1);
  CHECK(quarter.spike_stamp(1.26) == 6);
  CHECK(quarter.spike_stamp(1.49) == 6);
  CHECK(quarter.spike_stamp(ulps_above(1.0, 1)) == 5);
  CHECK(quarter.spike_stamp(ulps_above(1000.0, 3)) == 4001);
  CHECK(quarter.spike_stamp(std::nextafter(1.0, 0.0)) == 4);
  CHECK(tenth.spike_stamp(ulps_above(0.3, 4)) == 4);
  CHECK(tenth.spike_stamp(0.35) == 4);
  CHECK(quarter.spike_stamp(1e-9) == 1);
  CHECK(quarter.spike_stamp(1e300) > 1'000'000'000'000);
}

TEST_CASE("grid points are recognised after rounding to tics") {
  CHECK(quarter.on_grid(3000.0));
  CHECK(quarter.on_grid(0.25));
  CHECK(quarter.on_grid(0.2504));
  CHECK_FALSE(quarter.on_grid(0.2506));
  CHECK_FALSE(quarter.on_grid(0.1));
  CHECK(tenth.on_grid(0.1 + 0.2));
  CHECK(quarter.nearest_step(3000.0) == 12'000);
  CHECK(quarter.nearest_step(0.37) == 1);
  CHECK(quarter.nearest_step(0.38) == 2);
  CHECK(tenth.nearest_step(0.1 + 0.2) == 3);
}

TEST_CASE("times are decimals with three digits") {
  CHECK(tenth.time_ms(3) == 0.3);
  CHECK(quarter.time_ms(12'000) == 3000.0);
  const auto third = core::make_time_grid(0.333, "test");
  for (core::Step step = 0; step < 10'000; ++step) {
    const auto tics = std::to_string(step * 333 + 1'000'000'000);
    const auto text = std::to_string(step * 333 / 1000) + "." + tics.substr(tics.size() - 3);
    if (third.time_ms(step) != std::stod(text)) FAIL("step " << step);
  }
}
