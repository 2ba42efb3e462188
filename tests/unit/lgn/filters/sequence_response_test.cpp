// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/sequence_response.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/errors/error.hpp"
#include "lgn/filters/rate_model.hpp"
#include "support/lgn_oracle.hpp"

using namespace striate;
using namespace striate::lgn;
using Shape = Aperture::Shape;

namespace {

std::vector<std::vector<double>> cell_rates(const Stimulus& stimulus) {
  return test::rates_of(test::three_cells(), stimulus);
}

/// The same frames as a movie on the same pixels.
Stimulus as_movie(const Stimulus& stimulus) {
  Stimulus movie = stimulus;
  std::vector<double> values;
  Movie frames;
  for (std::size_t n = 0; n < stimulus.frames; ++n) {
    const auto pixels = frame_pixels(stimulus, n);
    values.insert(values.end(), pixels.begin(), pixels.end());
    frames.runs.push_back({n, static_cast<std::int64_t>(n)});
  }
  frames.pictures = {.values = std::move(values), .count = stimulus.frames};
  show_movie(movie, std::move(frames));
  return movie;
}

GratingParameters screen(double duration_s = 1) {
  auto p = test::small_grating();
  p.duration_s = duration_s;
  p.y_direction = YDirection::up;
  return p;
}

WaveParameters wave(const Aperture& aperture = {}) {
  return {.theta_deg = 130,
          .cycles_per_degree = 0.06,
          .temporal_hz = 3,
          .phase_deg = 40,
          .contrast = 0.7,
          .aperture = aperture};
}

constexpr Aperture disk{.shape = Shape::disk, .x_deg = 12, .y_deg = 9, .diameter_deg = 7},
    soft_disk{.shape = Shape::disk, .x_deg = 12, .y_deg = 9, .diameter_deg = 9, .edge_deg = 3},
    ring{.shape = Shape::annulus, .x_deg = 10, .y_deg = 9, .diameter_deg = 14, .inner_diameter_deg = 5},
    bar{.shape = Shape::rectangle, .x_deg = 11, .y_deg = 8, .width_deg = 9, .height_deg = 4, .edge_deg = 1},
    bell{.shape = Shape::gaussian, .x_deg = 9, .y_deg = 10, .sigma_deg = 3};

Aperture inverted(Aperture aperture) {
  aperture.invert = true;
  return aperture;
}

constexpr double rounding_hz = 1e-10;

}  // namespace

TEST_CASE("gratings through apertures equal the plain formula") {
  for (const auto& aperture : {disk, soft_disk, ring, bar, bell, inverted(disk), inverted(soft_disk),
                               inverted(ring), inverted(bar), inverted(bell)}) {
    INFO(static_cast<int>(aperture.shape) << aperture.invert);
    const auto stimulus = make_gratings(screen(), {wave(aperture)}, "test");
    CHECK(test::difference_from_plain(stimulus) < rounding_hz);
    CHECK(test::largest_difference(cell_rates(stimulus), cell_rates(make_grating(screen(), "test"))) > 0.1);
  }
}

TEST_CASE("a disk larger than the screen is no aperture") {
  for (const double diameter_deg : {300.0, 1e4}) {
    const Aperture large{.shape = Shape::disk, .x_deg = 12, .y_deg = 10, .diameter_deg = diameter_deg};
    const auto seen = cell_rates(make_gratings(screen(), {wave(large)}, "test")),
               whole = cell_rates(make_grating(screen(), "test"));
    CHECK(test::largest_difference(seen, whole) < 1e-12);
  }
}

TEST_CASE("several gratings add up before rectification") {
  auto other = wave(inverted(soft_disk));
  other.theta_deg = 20;
  other.temporal_hz = -5;
  const auto stimulus = make_gratings(screen(), {wave(soft_disk), other}, "test");
  CHECK(test::difference_from_plain(stimulus) < rounding_hz);
  CHECK(test::largest_difference(cell_rates(stimulus), cell_rates(as_movie(stimulus))) < 1e-9);
  // A disk and what is outside it are the whole.
  const auto parted = make_gratings(screen(), {wave(soft_disk), wave(inverted(soft_disk))}, "test");
  CHECK(test::largest_difference(cell_rates(parted), cell_rates(make_grating(screen(), "test"))) < 1e-12);
}

TEST_CASE("gratings one after another equal the plain formula and the same frames as a movie") {
  auto still = wave();
  still.temporal_hz = 0;
  auto fast = wave(bell);
  fast.temporal_hz = 15;
  fast.theta_deg = 200;
  const std::vector<SlotParameters> slots{
      {.start_s = 0.1, .shown_s = 0.05, .waves = {still}},
      {.start_s = 0.15, .shown_s = 0.4, .waves = {fast}},  // at once after the one before
      {.start_s = 0.55, .shown_s = 0.1, .waves = {}},
      {.start_s = 0.7, .shown_s = 0.2, .waves = {wave(disk), still}},
      {.start_s = 1.2, .shown_s = 0.3, .waves = {still}}};
  auto other = slots;
  for (auto& each : other[3].waves) each.contrast = 0.4;
  const auto stimulus = make_grating_slots(screen(1.5), other, "test");
  CHECK(test::difference_from_plain(stimulus) < rounding_hz);
  CHECK(test::largest_difference(cell_rates(stimulus), cell_rates(as_movie(stimulus))) < 1e-9);
  auto p = screen(1.5);
  p.frame_rate_hz = 240;
  CHECK(test::difference_from_plain(make_grating_slots(p, other, "test")) < rounding_hz);
}

TEST_CASE("one slot is a grating but for the first frame, which a grating loses") {
  const auto p = screen();
  const auto slot = make_grating_slots(p, {{.start_s = 0.2, .shown_s = 0.8, .waves = {wave()}}}, "test"),
             grating = make_grating(p, "test");
  REQUIRE(slot.frames == grating.frames);
  for (std::size_t n = 0; n < slot.frames; ++n) {
    const auto a = frame_pixels(slot, n), b = frame_pixels(grating, n);
    double worst = 0;
    for (std::size_t k = 0; k < a.size(); ++k) worst = std::max(worst, std::abs(a[k] - b[k]));
    REQUIRE((worst > 0.1) == (n == 200));
    if (n != 200) REQUIRE(worst < 1e-14);
  }
}

TEST_CASE("long after a slot nothing of it is left") {
  const auto stimulus =
      make_grating_slots(screen(3), {{.start_s = 0, .shown_s = 0.3, .waves = {wave()}}}, "test");
  const auto rates = cell_rates(stimulus);
  CHECK(rates[0][100] != 8.25);
  CHECK(rates[0].back() == 8.25);
  CHECK(rates[1].back() == 3.7);
  CHECK(rates[2].back() == 4.0);
}

TEST_CASE("a cell beside a patch fires spontaneously, exactly") {
  const Aperture far{.shape = Shape::disk, .x_deg = 23, .y_deg = 1, .diameter_deg = 2};
  const auto rates = cell_rates(make_gratings(screen(), {wave(far)}, "test"));
  CHECK(std::ranges::all_of(rates[1], [](double rate) { return rate == 3.7; }));
}

TEST_CASE("pixels of a slot are the formula's") {
  auto p = screen();
  p.degrees_per_pixel = 0.5;
  const auto stimulus =
      make_grating_slots(p, {{.start_s = 0.3, .shown_s = 0.5, .waves = {wave(soft_disk)}}}, "test");
  const auto pixels = frame_pixels(stimulus, 425);
  const double pi = std::acos(-1.0), angle = 130 * pi / 180;
  for (const std::size_t j : {0u, 17u, 20u, 39u})
    for (const std::size_t i : {0u, 23u, 26u, 47u}) {
      const double x = static_cast<double>(i) * 24 / 47, y = static_cast<double>(j) * 20 / 39;
      const double distance = std::hypot(x - 12, y - 9);
      const double weight = distance <= 3  ? 1
                            : distance > 6 ? 0
                                           : (1 + std::cos(pi * (distance - 3) / 3)) / 2;
      const double value =
          0.7 * weight *
          std::sin(2 * pi * (0.06 * (x * std::cos(angle) + y * std::sin(angle)) - 3 * 0.125) + 40 * pi / 180);
      CHECK(pixels[j * 48 + i] == Approx(value).margin(1e-12));
    }
  CHECK(std::ranges::all_of(frame_pixels(stimulus, 299), [](double pixel) { return pixel == 0; }));
  CHECK(std::ranges::all_of(frame_pixels(stimulus, 800), [](double pixel) { return pixel == 0; }));
}

TEST_CASE("gratings that would be whiter than white, or outlast the run, are refused") {
  auto half = wave(disk);
  half.contrast = 0.5;
  CHECK_NOTHROW(make_gratings(screen(), {half, half}, "test"));
  CHECK_THROWS_AS(make_gratings(screen(), {half, half, half}, "test"), core::ConfigError);
  CHECK_THROWS_WITH(make_gratings(screen(), {half, half, half}, "test"), Catch::Contains("add up to 1.5"));
  CHECK_NOTHROW(make_gratings(screen(), {wave(disk), wave(inverted(disk))}, "test"));
  CHECK_THROWS_WITH(make_gratings(screen(), {wave(disk), wave(ring)}, "test"), Catch::Contains("add up"));
  const auto slots = [&](double start_s, double shown_s) {
    return make_grating_slots(screen(), {{.start_s = start_s, .shown_s = shown_s, .waves = {wave()}}},
                              "test");
  };
  CHECK_NOTHROW(slots(0.5, 0.5));
  CHECK_THROWS_WITH(slots(0.5, 0.51), Catch::Contains("lasts to 1010 ms"));
  CHECK_THROWS_WITH(slots(0.5, 0.0001), Catch::Contains("shorter than a frame"));
}

TEST_CASE("conditions of gratings differ in every parameter") {
  std::vector<Stimulus> all{make_grating(screen(), "test"), make_gratings(screen(), {wave()}, "test"),
                            make_gratings(screen(), {wave(disk)}, "test"),
                            make_gratings(screen(), {wave(inverted(disk))}, "test"),
                            make_gratings(screen(), {wave(soft_disk)}, "test")};
  for (const double shown_s : {0.3, 0.4})
    for (const double phase_deg : {40.0, 50.0}) {
      auto shown = wave();
      shown.phase_deg = phase_deg;
      all.push_back(
          make_grating_slots(screen(), {{.start_s = 0.1, .shown_s = shown_s, .waves = {shown}}}, "test"));
    }
  for (std::size_t a = 0; a < all.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) CHECK(all[a].condition != all[b].condition);
  CHECK(changes_in_time(all.back()));
  CHECK_FALSE(changes_in_time(make_grating_slots(screen(), {{.start_s = 0.1, .shown_s = 0.1}}, "test")));
}
