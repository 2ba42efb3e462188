// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/noise_fields.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/values/draws.hpp"
#include "metrics/analyses/fields/field_tables.hpp"

using namespace striate;
using namespace striate::metrics;

namespace {

/// Four pictures of 2 x 2 squares, shown six times.
const std::vector<std::int8_t> squares{1, -1, 0, 0, 0, 1, -1, 1, -1, 0, 1, 0, 1, 1, 0, -1};
const NoiseStimulus six(4, squares, {0, 1, 2, 3, 1, 0});
const LatencyCounts counts{{{0, 3}, {2, 1}, {3, 2}, {5, 1}}, {{1, 2}, {4, 5}, {5, 1}}};

core::Progress silent() {
  return {"", 1, false};
}

double bump(double x, double y, double middle_x, double middle_y, double sd) {
  return std::exp(-((x - middle_x) * (x - middle_x) + (y - middle_y) * (y - middle_y)) / (2 * sd * sd));
}

/// White noise on 9 x 12 squares of 5 degrees, and a cell that likes light at one place and dark at another,
/// by a latency of one bin.
struct MadeUp {
  static constexpr std::size_t columns = 12, rows = 9, presentations = 4000;
  FieldAxes axes;
  std::vector<std::int8_t> squares;
  std::vector<std::uint32_t> picture_of;
  LatencyCounts counts{3};

  explicit MadeUp(double strength) {
    for (std::size_t k = 0; k < columns; ++k) axes.x.push_back(5.0 * static_cast<double>(k) - 27.5);
    for (std::size_t k = 0; k < rows; ++k) axes.y.push_back(20 - 5.0 * static_cast<double>(k));
    core::RandomStream random(4, core::Purpose::test, 0);
    for (std::uint32_t k = 0; k < presentations; ++k) {
      picture_of.push_back(k);
      double drive = 0;
      for (const double y : axes.y)
        for (const double x : axes.x) {
          squares.push_back(random.uniform() < 0.5 ? -1 : 1);
          drive += squares.back() * (bump(x, y, -10, 5, 6) - bump(x, y, 9, -3, 6));
        }
      const auto spikes =
          static_cast<std::uint32_t>(core::draw_poisson(random, std::max(0.0, 1 + strength * drive)));
      if (spikes > 0) counts[1].push_back({k, spikes});
      for (const std::size_t other : {std::size_t{0}, std::size_t{2}})
        if (const auto more = core::draw_poisson(random, 1); more > 0)
          counts[other].push_back({k, static_cast<std::uint32_t>(more)});
    }
  }
  NoiseStimulus stimulus() const { return {axes.places(), squares, picture_of}; }
};

}  // namespace

TEST_CASE("Averages and z of light and dark squares are those of NumPy over all orders of the counts") {
  // z: the sum over its standard deviation in the 720 ways to deal six counts to six presentations.
  const auto first = spike_triggered(six, counts[0]), second = spike_triggered(six, counts[1]);
  CHECK(first.spikes == 7);
  const double average[] = {0.35714286,  -0.21428571, -0.02380952, -0.33333333,
                            -0.02380952, 0.23809524,  -0.33333333, 0.11904762},
               z[] = {1.74607574,  -1.04764544, -0.15617376, -1.72852679,
                      -0.15617376, 1.234662,    -1.72852679, 0.78086881},
               other_z[] = {-1.2456822,  1.2456822,   -0.74278135, 1.90846571,
                            -0.74278135, -0.73402527, 1.90846571,  -0.74278135};
  for (std::size_t mark = 0; mark < 8; ++mark) {
    INFO(mark);
    CHECK(first.average[mark] == Approx(average[mark]).margin(1e-8));
    CHECK(first.z[mark] == Approx(z[mark]).margin(1e-7));
    CHECK(second.z[mark] == Approx(other_z[mark]).margin(1e-7));
  }
  CHECK(first.largest_z == first.z[0]);
  CHECK(second.largest_z == Approx(1.90846571));
}

TEST_CASE("What never varies has no z: silent cells, equal counts, squares that are always or never light") {
  CHECK(std::isnan(spike_triggered(six, {}).largest_z));
  std::vector<SpikesAfter> equal;
  for (std::uint32_t k = 0; k < 6; ++k) equal.push_back({k, 2});
  CHECK(std::isnan(spike_triggered(six, equal).largest_z));
  const std::vector<std::int8_t> always{1, 0, 1, -1};
  const std::vector<SpikesAfter> some{{0, 3}, {2, 1}};
  const auto result = spike_triggered({2, always, {0, 1, 1}}, some);
  CHECK(std::isnan(result.z[0]));
  CHECK(std::isnan(result.z[1]));
  CHECK(std::isnan(result.z[2]));
  CHECK(result.largest_z == result.z[3]);
}

TEST_CASE("Pictures that are grey almost everywhere give the same sums") {
  std::vector<std::int8_t> wide;
  for (std::size_t picture = 0; picture < 4; ++picture) {
    wide.insert(wide.end(), 50, 0);
    for (std::size_t place = 0; place < 4; ++place) wide.push_back(squares[4 * picture + place]);
  }
  const NoiseStimulus sparse(54, wide, {0, 1, 2, 3, 1, 0});
  CHECK(sparse.is_sparse());
  CHECK_FALSE(six.is_sparse());
  for (const auto& latency : counts) {
    const auto here = spike_triggered(sparse, latency), there = spike_triggered(six, latency);
    CHECK(here.largest_z == there.largest_z);
    for (std::size_t place = 0; place < 4; ++place)
      for (std::size_t part = 0; part < 2; ++part) {
        CHECK(here.average[54 * part + 50 + place] == there.average[4 * part + place]);
        CHECK(here.z[54 * part + 50 + place] == there.z[4 * part + place]);
      }
    CHECK(std::isnan(here.z[0]));
  }
  auto progress = silent();
  const std::vector<double> largest{1.9};
  CHECK(shuffled_fractions(sparse, std::vector<LatencyCounts>{counts}, largest, 100, 5, progress) ==
        shuffled_fractions(six, std::vector<LatencyCounts>{counts}, largest, 100, 5, progress));
}

TEST_CASE("Sums hold more than a byte") {
  std::vector<std::uint32_t> picture_of;
  std::vector<SpikesAfter> many;
  for (std::uint32_t k = 0; k < 700; ++k) {
    picture_of.push_back(k % 2);
    if (k % 2 == 0) many.push_back({k, 3});
  }
  const auto result = spike_triggered({1, std::vector<std::int8_t>{1, -1}, picture_of}, many);
  CHECK(result.spikes == 1050);
  CHECK(result.average[0] == Approx(0.5));
  CHECK(result.z[0] == Approx(std::sqrt(699.0)));
}

TEST_CASE("The fraction of shuffles that reach a z is that of all orders, over all latencies together") {
  // NumPy: of the 720 orders 368 have a z of at least 1.908 at one of the two latencies, 536 one of 1.5.
  const std::vector<LatencyCounts> cells{counts, counts, counts, counts};
  const std::vector<double> largest{1.9084657, 1.5, 1.0, std::numeric_limits<double>::quiet_NaN()};
  auto progress = silent();
  // Each stops at the twentieth that reaches it, so many seeds tell the fraction.
  std::vector<double> mean(3, 0);
  constexpr std::uint64_t seeds = 300;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto p = shuffled_fractions(six, cells, largest, 1000, seed, progress);
    for (std::size_t cell = 0; cell < 3; ++cell) mean[cell] += p[cell] / static_cast<double>(seeds);
    CHECK(std::isnan(p[3]));
  }
  CHECK(mean[0] == Approx(0.51111 + 0.51111 * 0.48889 / 20).margin(0.015));  // of 20 / k the mean is above p
  CHECK(mean[1] == Approx(0.74444 + 0.74444 * 0.25556 / 20).margin(0.015));
  CHECK(mean[2] == Approx(1));
  const auto p = shuffled_fractions(six, cells, largest, 1000, 1, progress);
  // What is found itself is reached when it comes again, whatever rounding.
  const double found = spike_triggered(six, counts[1]).largest_z;
  const auto same =
      shuffled_fractions(six, std::vector<LatencyCounts>{counts}, std::vector{found}, 1000, 1, progress);
  CHECK(enough_shuffles / p[0] < 1000);
  CHECK(enough_shuffles / p[0] == Approx(std::round(enough_shuffles / p[0])).epsilon(1e-12));
  CHECK(same[0] == p[0]);
}

TEST_CASE("A field of white noise is found where it lies, at its latency, light and dark apart") {
  const MadeUp made(0.3);
  std::vector<double> maps(2 * made.axes.places());
  const auto stimulus = made.stimulus();
  const auto field = noise_field(stimulus, made.axes, made.counts, 40, FieldOffset::none, maps);
  CHECK(field.latency_ms == 40);
  CHECK(field.z > 10);
  CHECK(field.z == std::max(field.on.z, field.off.z));
  CHECK(field.on.shape.fit_azimuth == Approx(-10).margin(1.5));
  CHECK(field.on.shape.fit_elevation == Approx(5).margin(1.5));
  CHECK(field.off.shape.fit_azimuth == Approx(9).margin(1.5));
  CHECK(field.off.shape.fit_elevation == Approx(-3).margin(1.5));
  CHECK(field.on.shape.width == Approx(6).margin(1.5));
  CHECK(field.off.shape.height == Approx(6).margin(1.5));
  CHECK(field.on.shape.azimuth == Approx(-10).margin(3));
  CHECK(field.on.shape.on_screen == 1);
  // Where every square is light or dark, the one is the other's mirror image.
  for (std::size_t k = 0; k < made.axes.places(); ++k)
    CHECK(maps[k] == Approx(-maps[made.axes.places() + k]).margin(1e-12));
  auto progress = silent();
  const std::vector<double> z{field.z};
  CHECK(shuffled_fractions(stimulus, std::vector<LatencyCounts>{made.counts}, z, 50, 0, progress)[0] == 0);
}

TEST_CASE("Without a field p is no smaller than chance") {
  std::size_t small = 0;
  for (std::uint64_t cell = 0; cell < 60; ++cell) {
    LatencyCounts noise(2);
    core::RandomStream random(2, core::Purpose::test, cell);
    for (auto& latency : noise)
      for (std::uint32_t k = 0; k < 6; ++k)
        if (const auto n = core::draw_poisson(random, 1.5); n > 0)
          latency.push_back({k, static_cast<std::uint32_t>(n)});
    double largest = std::numeric_limits<double>::quiet_NaN();
    for (const auto& latency : noise) {
      const double here = spike_triggered(six, latency).largest_z;
      if (!(here <= largest)) largest = here;
    }
    auto progress = silent();
    const auto p =
        shuffled_fractions(six, std::vector<LatencyCounts>{noise}, std::vector{largest}, 200, 0, progress)[0];
    if (p <= 0.1) ++small;
  }
  CHECK(small < 16);
}

TEST_CASE("Cells with too few spikes have no field and no map") {
  std::vector<double> maps(8, 1);
  const FieldAxes axes{.x = {-5, 5}, .y = {5, -5}};
  const auto none = noise_field(six, axes, {}, 50, FieldOffset::none, maps);
  CHECK(std::isnan(none.z));
  CHECK(std::isnan(none.latency_ms));
  CHECK(std::isnan(none.on.shape.width));
  for (const double value : maps) CHECK(std::isnan(value));
}

TEST_CASE("Places must be evenly spaced and at least three") {
  CHECK_NOTHROW(require_even({1, 2, 3}, "x", ""));
  CHECK_NOTHROW(require_even({3, 1.5, 0}, "y", ""));
  CHECK_THROWS_WITH(require_even({1, 2}, "x", " in a.h5"), Catch::Contains("2 values of x in a.h5"));
  CHECK_THROWS_WITH(require_even({1, 2, 4}, "x", ""), Catch::Contains("evenly spaced"));
  CHECK_THROWS_WITH(require_even({1, 1, 1}, "x", ""), Catch::Contains("evenly spaced"));
}
