// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/stimulus.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "core/errors/error.hpp"

using namespace striate::lgn;
using striate::core::ConfigError;

namespace {

GratingParameters small_grating() {
  return {.duration_s = 0.3,
          .row_size_deg = 8,
          .column_size_deg = 12,
          .gray_s = 0.1,
          .theta_deg = 0,
          .cycles_per_degree = 0.05,
          .temporal_hz = 2,
          .contrast = 0.8,
          .degrees_per_pixel = 1};
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t k = 0; k < a.size(); ++k) worst = std::max(worst, std::abs(a[k] - b[k]));
  return worst;
}

}  // namespace

TEST_CASE("a grating has both edges of the screen, grey frames up to and with gray_s, and then moves") {
  const auto stimulus = make_grating(small_grating(), "test");
  CHECK(stimulus.screen.rows == 8);
  CHECK(stimulus.screen.columns == 12);
  CHECK(stimulus.screen.row_pitch_deg == 8.0 / 7);
  CHECK(stimulus.screen.column_pitch_deg == 12.0 / 11);
  CHECK(stimulus.frames == 301);
  for (const std::size_t grey : {0u, 50u, 100u})
    for (const double pixel : frame_pixels(stimulus, grey)) CHECK(pixel == 0);
  // Frame 101 shows tau = 1 ms; theta 0 drifts towards +x.
  const auto pixels = frame_pixels(stimulus, 101);
  for (std::size_t i = 0; i < 12; ++i) {
    const double x_deg = static_cast<double>(i) * 12 / 11;
    CHECK(pixels[5 * 12 + i] ==
          Approx(0.8 * std::sin(2 * std::numbers::pi * (0.05 * x_deg - 2 * 0.001))).margin(1e-14));
  }
}

TEST_CASE("a grating without grey keeps its first frame, grey alone has no moving frame") {
  auto p = small_grating();
  p.gray_s = 0;
  const auto moving = make_grating(p, "test");
  CHECK(moving.frames == 301);
  CHECK(std::get<Grating>(moving.pattern).first_frame == 0);
  CHECK(std::get<Grating>(moving.pattern).first_tau_s == 0);
  p.gray_s = p.duration_s;
  const auto grey = make_grating(p, "test");
  CHECK(grey.frames == 301);
  CHECK(std::get<Grating>(grey.pattern).first_frame == 301);
  for (const double pixel : frame_pixels(grey, 300)) CHECK(pixel == 0);
  p.gray_s = std::nextafter(p.duration_s, 1.0);
  CHECK_THROWS_AS(make_grating(p, "test"), ConfigError);
}

TEST_CASE("grey durations in whole milliseconds make no extra frame") {
  for (int gray_ms = 1; gray_ms < 20'000; ++gray_ms)
    REQUIRE(frames_covering(1000, gray_ms / 1000.0) == static_cast<std::size_t>(gray_ms));
  CHECK(frames_covering(1000, 0.0105) == 11);
}

TEST_CASE("y_dir up turns theta as down turns -theta, opposite directions mirror each other in time") {
  auto p = small_grating();
  p.theta_deg = 67;
  p.y_direction = YDirection::up;
  const auto up = make_grating(p, "test");
  p.theta_deg = -67;
  p.y_direction = YDirection::down;
  const auto down = make_grating(p, "test");
  CHECK(up.condition == down.condition);
  CHECK(largest_difference(frame_pixels(up, 250), frame_pixels(down, 250)) == 0);

  // theta + 180 with phase 0: sin(-k x - w t) = -sin(k x + w t), the drift backwards, inverted.
  p.theta_deg = 30;
  p.gray_s = 0;
  p.duration_s = 1;  // two cycles
  const auto forth = make_grating(p, "test");
  p.theta_deg = 210;
  const auto back = make_grating(p, "test");
  for (const std::size_t n : {0u, 77u, 400u}) {
    auto mirrored = frame_pixels(back, 1000 - n);
    for (double& pixel : mirrored) pixel = -pixel;
    CHECK(largest_difference(frame_pixels(forth, n), mirrored) < 1e-12);
  }
}

TEST_CASE("theta 90 drifts towards higher rows with y_dir up, towards lower rows with down") {
  auto p = small_grating();
  p.theta_deg = 90;
  p.gray_s = 0;
  p.duration_s = 1;
  for (const auto direction : {YDirection::up, YDirection::down}) {
    p.y_direction = direction;
    const auto stimulus = make_grating(p, "test");
    // The zero crossing that starts at row 0 moves temporal_f / cpd = 40 degrees a second.
    const double sign = direction == YDirection::up ? 1 : -1;
    const auto& grating = std::get<Grating>(stimulus.pattern);
    CHECK(grating.row_cycles * sign > 0);
    CHECK(std::abs(grating.column_cycles) < 1e-15);
  }
}

TEST_CASE("each parameter of a grating names another condition") {
  const auto base = make_grating(small_grating(), "test").condition;
  CHECK(base == make_grating(small_grating(), "elsewhere").condition);
  const auto differs = [&](auto change) {
    auto p = small_grating();
    change(p);
    return make_grating(p, "test").condition != base;
  };
  CHECK(differs([](auto& p) { p.theta_deg = 45; }));
  CHECK(differs([](auto& p) { p.contrast = 0; }));
  CHECK(differs([](auto& p) { p.phase_deg = 1; }));
  CHECK(differs([](auto& p) { p.temporal_hz = 1; }));
  CHECK(differs([](auto& p) { p.cycles_per_degree = 0.04; }));
  CHECK(differs([](auto& p) { p.gray_s = 0.2; }));
  CHECK(differs([](auto& p) { p.duration_s = 0.4; }));
  CHECK(differs([](auto& p) { p.frame_rate_hz = 500; }));
  CHECK(differs([](auto& p) { p.new_row_size_deg = 10; }));
}

TEST_CASE("screens of fewer than two pixels and endless stimuli are refused") {
  auto p = small_grating();
  p.row_size_deg = 2;
  CHECK_NOTHROW(make_grating(p, "test"));
  p.row_size_deg = std::nextafter(2.0, 0.0);
  CHECK_THROWS_AS(make_grating(p, "test"), ConfigError);
  p = small_grating();
  p.duration_s = 1e9;
  CHECK_THROWS_AS(make_grating(p, "test"), ConfigError);
  p = small_grating();
  p.degrees_per_pixel = 1e-9;
  CHECK_THROWS_AS(make_grating(p, "test"), ConfigError);
}

TEST_CASE("relabelled axes change the pitch of the filters, not the picture") {
  auto p = small_grating();
  const auto plain = make_grating(p, "test");
  p.new_row_size_deg = 16;
  p.new_column_size_deg = 24;
  const auto relabelled = make_grating(p, "test");
  CHECK(relabelled.screen.row_pitch_deg == 16.0 / 7);
  CHECK(relabelled.screen.column_pitch_deg == 24.0 / 11);
  CHECK(largest_difference(frame_pixels(plain, 200), frame_pixels(relabelled, 200)) == 0);
}

TEST_CASE("a flash is on from t_on up to, not at, t_off") {
  const auto stimulus = make_flash(
      {.duration_s = 0.1, .rows = 3, .columns = 4, .on_ms = 20, .off_ms = 60, .intensity = -0.6}, "test");
  CHECK(stimulus.frames == 101);
  const auto pixel = [&](std::size_t frame) { return frame_pixels(stimulus, frame).front(); };
  CHECK(pixel(19) == 0);
  CHECK(pixel(20) == -0.6);
  CHECK(pixel(59) == -0.6);
  CHECK(pixel(60) == 0);
  CHECK_THROWS_AS(make_flash({.duration_s = 1, .rows = 3, .columns = 4, .on_ms = 20, .off_ms = 20}, "test"),
                  ConfigError);
}

TEST_CASE("a looming disc grows in area and starts anew") {
  const auto stimulus =
      make_looming({.row_size_deg = 60, .column_size_deg = 80, .gray_s = 0.5, .looming_s = 3}, "test");
  CHECK(stimulus.frames == 3500);
  const auto dark = [&](std::size_t frame) {
    int count = 0;
    for (const double pixel : frame_pixels(stimulus, frame)) count += pixel == -1;
    return count;
  };
  CHECK(dark(499) == 0);
  CHECK(dark(500) == 1);  // the one pixel with radius 0
  CHECK(dark(500 + 833) == Approx(std::numbers::pi * 0.75 * 833).epsilon(0.02));
  CHECK(dark(500 + 834) == 1);  // 0.75 * 834 = 625.5, modulo 625
  CHECK(dark(500 + 2500) == dark(500));
  CHECK(dark(500 + 2999) == dark(500 + 499));
}

TEST_CASE("whether a stimulus changes in time, and how long it lasts") {
  auto p = small_grating();
  CHECK(changes_in_time(make_grating(p, "test")));
  CHECK(duration_ms(make_grating(p, "test")) == Approx(300));
  p.contrast = 0;
  CHECK_FALSE(changes_in_time(make_grating(p, "test")));
  p.contrast = 1;
  p.temporal_hz = 0;
  CHECK(changes_in_time(make_grating(p, "test")));  // from grey to a standing grating
  p.gray_s = 0;
  CHECK_FALSE(changes_in_time(make_grating(p, "test")));
  p.gray_s = p.duration_s = 0.2;
  CHECK_FALSE(changes_in_time(make_grating(p, "test")));  // grey to the end
  CHECK(changes_in_time(make_looming({.row_size_deg = 8, .column_size_deg = 12}, "test")));
  CHECK_FALSE(
      changes_in_time(make_looming({.row_size_deg = 8, .column_size_deg = 12, .looming_s = 0}, "test")));
  FlashParameters flash{.duration_s = 0.2, .rows = 2, .columns = 2, .on_ms = 0, .off_ms = 500};
  CHECK_FALSE(changes_in_time(make_flash(flash, "test")));
  flash.off_ms = 100;
  CHECK(changes_in_time(make_flash(flash, "test")));
}

TEST_CASE("a looming disc grows where its centre is put") {
  LoomingParameters p{.row_size_deg = 40, .column_size_deg = 60};
  const auto middle_of_disc = [&] {
    const auto stimulus = make_looming(p, "test");
    const auto pixels = frame_pixels(stimulus, stimulus.frames - 960);
    double x = 0, y = 0, count = 0;
    for (std::size_t k = 0; k < pixels.size(); ++k)
      if (pixels[k] < 0) {
        x += static_cast<double>(k % stimulus.screen.columns) * stimulus.screen.column_pitch_deg;
        y += static_cast<double>(k / stimulus.screen.columns) * stimulus.screen.row_pitch_deg;
        ++count;
      }
    REQUIRE(count > 0);
    return std::pair{x / count, y / count};
  };
  CHECK(middle_of_disc().first == Approx(30).margin(0.6));
  CHECK(middle_of_disc().second == Approx(20).margin(0.6));
  p.center_x_deg = 45;
  p.center_y_deg = 12;
  CHECK(middle_of_disc().first == Approx(45).margin(0.6));
  CHECK(middle_of_disc().second == Approx(12).margin(0.6));
}
