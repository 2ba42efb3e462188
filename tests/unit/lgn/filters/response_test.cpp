// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/response.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/values/random.hpp"
#include "lgn/filters/rate_model.hpp"
#include "support/lgn_oracle.hpp"

using namespace striate;
using namespace striate::lgn;
using test::difference_from_plain;
using test::rates_of;
using test::small_grating;

namespace {

Stimulus noise_movie(std::size_t pictures, std::size_t hold, std::size_t frames, double frame_rate_hz) {
  core::RandomStream random(3, core::Purpose::test, 1);
  Stimulus stimulus;
  stimulus.screen = {.rows = 20, .columns = 25, .row_pitch_deg = 1, .column_pitch_deg = 1};
  stimulus.frame_rate_hz = frame_rate_hz;
  stimulus.frames = frames;
  std::vector<float> values(pictures * stimulus.screen.pixels());
  for (float& value : values) value = static_cast<float>(2 * random.uniform() - 1);
  Movie movie{.pictures = {.values = std::move(values), .count = pictures}, .runs = {{0, -1}}};
  for (std::size_t k = 0; 7 + k * hold < frames; ++k)
    movie.runs.push_back({7 + k * hold, k % 5 == 4 ? -1 : static_cast<std::int64_t>(k % pictures)});
  show_movie(stimulus, std::move(movie));
  return stimulus;
}

constexpr double tolerance_hz = 1e-10;

}  // namespace

TEST_CASE("the analytic path for gratings equals the plain formula") {
  CHECK(difference_from_plain(make_grating(small_grating(), "test")) < tolerance_hz);
  auto p = small_grating();
  p.gray_s = 0;
  p.y_direction = YDirection::up;
  CHECK(difference_from_plain(make_grating(p, "test")) < tolerance_hz);
}

TEST_CASE("the analytic path holds for frame intervals that do not fit and for other frame rates") {
  auto p = small_grating();
  p.duration_s = 1.0004;  // moving frames are not 1 ms apart
  CHECK(difference_from_plain(make_grating(p, "test")) < tolerance_hz);
  p.frame_rate_hz = 240;
  CHECK(difference_from_plain(make_grating(p, "test")) < tolerance_hz);
  p.new_row_size_deg = 30;
  CHECK(difference_from_plain(make_grating(p, "test")) < tolerance_hz);
}

TEST_CASE("the paths for movies and held images equal the plain formula and so each other") {
  for (const auto path : {TemporalPath::every_frame, TemporalPath::runs}) {
    CHECK(difference_from_plain(noise_movie(9, 1, 400, 1000), path) < tolerance_hz);
    CHECK(difference_from_plain(noise_movie(4, 120, 1500, 1000), path) < tolerance_hz);
    CHECK(difference_from_plain(noise_movie(4, 30, 300, 200), path) < tolerance_hz);
    CHECK(difference_from_plain(noise_movie(2, 3, 5, 1000), path) < tolerance_hz);  // shorter than the kernel
  }
}

TEST_CASE("more pictures than one block of the matrix product give the same drive") {
  const auto stimulus = noise_movie(300, 1, 320, 1000);  // blocks of 128
  const auto cells = test::three_cells();
  const auto& movie = std::get<Movie>(stimulus.pattern);
  const PictureDrive all(cells.units, stimulus.screen, movie.pictures);
  for (std::size_t unit = 0; unit < cells.units.size(); ++unit) {
    const PictureDrive alone(std::span(cells.units).subspan(unit, 1), stimulus.screen, movie.pictures);
    const auto together = all.of(unit), single = alone.of(0);
    CHECK(std::equal(together.begin(), together.end(), single.begin()));  // bit for bit
  }
}

TEST_CASE("a grey screen gives exactly the spontaneous rate") {
  auto p = small_grating();
  p.gray_s = p.duration_s;
  for (const auto& rates : {rates_of(test::three_cells(), make_grating(p, "test"))})
    for (std::size_t n = 0; n < rates[0].size(); ++n) {
      REQUIRE(rates[0][n] == 8.25);
      REQUIRE(rates[1][n] == 3.7);
      REQUIRE(rates[2][n] == 4.0);
    }
  p = small_grating();
  p.contrast = 0;
  const auto blank = rates_of(test::three_cells(), make_grating(p, "test"));
  CHECK(blank[0].back() == 8.25);
  CHECK(blank[2].back() == 4.0);
}

TEST_CASE("after an image and a long grey the rate is exactly spontaneous again") {
  const auto flash = make_flash(
      {.duration_s = 2, .rows = 20, .columns = 25, .on_ms = 100, .off_ms = 300, .intensity = 0.3}, "test");
  const auto rates = rates_of(test::three_cells(), flash, TemporalPath::runs);
  CHECK(rates[0][200] != 8.25);
  CHECK(rates[0].back() == 8.25);
  CHECK(rates[1].back() == 3.7);
}

TEST_CASE("a lasting full field gives contrast times the sum of the kernel") {
  const double contrast = 0.05;  // small enough that nothing is rectified
  const auto flash = make_flash(
      {.duration_s = 2, .rows = 20, .columns = 25, .on_ms = 0, .off_ms = 5000, .intensity = contrast},
      "test");
  const auto cells = test::three_cells();
  const auto rates = rates_of(cells, flash);
  for (const std::size_t cell : {0u, 1u}) {
    const SubUnit& unit = cells.units[cell];
    const auto kernel = temporal_kernel(unit.temporal);
    const double steady =
        unit.amplitude * contrast * std::accumulate(kernel.begin(), kernel.end(), 0.0) + unit.baseline_hz;
    CHECK(rates[cell].back() == Approx(steady).epsilon(1e-12));
  }
}

TEST_CASE("responses are linear in contrast before rectification") {
  auto p = small_grating();
  p.contrast = 0.01;
  const auto weak = rates_of(test::three_cells(), make_grating(p, "test"));
  p.contrast = 0.02;
  const auto strong = rates_of(test::three_cells(), make_grating(p, "test"));
  for (std::size_t n = 0; n < weak[0].size(); ++n)
    REQUIRE(strong[0][n] - 8.25 == Approx(2 * (weak[0][n] - 8.25)).margin(1e-12));
}

TEST_CASE("rates never fall below zero, and each subfield is rectified by itself") {
  auto p = small_grating();
  p.contrast = 1;
  p.cycles_per_degree = 0.02;
  const auto rates = rates_of(test::three_cells(), make_grating(p, "test"));
  CHECK(*std::ranges::min_element(rates[0]) == 0);
  for (const auto& cell : rates)
    for (const double rate : cell) REQUIRE(rate >= 0);
}

TEST_CASE("responses hardly depend on the frame rate") {
  auto p = small_grating();
  const auto fine = rates_of(test::three_cells(), make_grating(p, "test"));
  p.frame_rate_hz = 500;
  const auto coarse = rates_of(test::three_cells(), make_grating(p, "test"));
  CHECK(coarse[0].back() == Approx(fine[0].back()).epsilon(0.05));
}

TEST_CASE("a cell beside the screen fires spontaneously and is counted") {
  auto cells = test::three_cells();
  cells.units[0].x_deg = 500;
  const auto stimulus = noise_movie(4, 10, 100, 1000);
  RateModel model(cells, stimulus);
  const std::uint32_t first[] = {0};
  model.prepare(first);
  CHECK(model.units_off_screen() == 1);
  std::vector<double> rates(stimulus.frames);
  model.rates(0, rates);
  for (const double rate : rates) CHECK(rate == 8.25);
}
