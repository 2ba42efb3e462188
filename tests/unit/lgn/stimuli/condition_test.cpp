// SPDX-License-Identifier: BSD-3-Clause
// Pins what "same seed, same spikes" rests on. A failure here means that users' spikes change: do not adapt
// the numbers without saying so in the release notes.
#include "lgn/stimuli/condition.hpp"

#include <catch2/catch.hpp>

#include "lgn/spikes/background_spikes.hpp"
#include "lgn/spikes/spike_trains.hpp"
#include "lgn/stimuli/stimulus.hpp"

using namespace striate;
using namespace striate::lgn;

namespace {

/// The default protocol of the model.
GratingParameters standard_grating() {
  return {.duration_s = 3,
          .row_size_deg = 80,
          .column_size_deg = 120,
          .gray_s = 0.5,
          .theta_deg = 45,
          .cycles_per_degree = 0.04,
          .temporal_hz = 2,
          .contrast = 0.8,
          .degrees_per_pixel = 1,
          .y_direction = YDirection::up};
}

Stimulus two_pictures() {
  Stimulus stimulus;
  stimulus.screen = {.rows = 1, .columns = 2, .row_pitch_deg = 1, .column_pitch_deg = 1};
  stimulus.frames = 4;
  Movie movie;
  movie.pictures = {
      .values = std::vector<std::uint8_t>{0, 255, 255, 0}, .count = 2, .scale = 2.0 / 255, .offset = -1};
  movie.runs = {{0, -1}, {1, 0}, {3, 1}};
  show_movie(stimulus, std::move(movie));
  return stimulus;
}

/// Times of the first spikes at constant 100 Hz; microseconds, because std::log may differ in the last bit.
std::vector<long> first_spikes_us(SpikeProcess process, std::uint64_t trial, std::uint64_t cell) {
  core::RandomStream random(trial_seed(1, "lgn", 2, trial), core::Purpose::lgn_spike, cell);
  std::vector<double> times_ms;
  append_spike_train(std::vector<double>(201, 100.0), {}, process, random, times_ms);
  REQUIRE(times_ms.size() > 4);
  std::vector<long> result;
  for (std::size_t k = 0; k < 4; ++k) result.push_back(std::lround(times_ms[k] * 1000));
  return result;
}

}  // namespace

TEST_CASE("the condition hash keeps its values") {
  CHECK(mix64(0) == 0xe220a8397b1dcdafu);
  CHECK(ConditionHash().add(std::uint64_t{1}).value() == 0x910a2dec89025cc1u);
  CHECK(ConditionHash().add(1.5).value() == 0xd6dab18e1392608au);
  CHECK(ConditionHash().add("grating").value() == 0x5caf413b07a6039eu);
  CHECK(ConditionHash().add("eight by 8").value() == 0x9b0ac87f9bb557d1u);
  CHECK(ConditionHash().add("").value() == 0xe220a8397b1dcdafu);
  CHECK(ConditionHash().add(-0.0).value() == ConditionHash().add(0.0).value());
  CHECK(ConditionHash().add("ab").add("c").value() != ConditionHash().add("a").add("bc").value());
}

TEST_CASE("conditions of stimuli keep their values") {
  CHECK(make_grating(standard_grating(), "test").condition == 0x47e2b52a5adca761u);
  CHECK(two_pictures().condition == 0x95a20fbf7398023bu);
}

TEST_CASE("every parameter of a grating makes another condition") {
  std::vector<std::uint64_t> conditions;
  const auto add = [&](auto change) {
    auto parameters = standard_grating();
    change(parameters);
    conditions.push_back(make_grating(parameters, "test").condition);
  };
  add([](GratingParameters&) {});
  add([](GratingParameters& p) { p.duration_s = 4; });
  add([](GratingParameters& p) { p.row_size_deg = 81; });
  add([](GratingParameters& p) { p.column_size_deg = 121; });
  add([](GratingParameters& p) { p.gray_s = 0.4; });
  add([](GratingParameters& p) { p.theta_deg = 135; });
  add([](GratingParameters& p) { p.cycles_per_degree = 0.05; });
  add([](GratingParameters& p) { p.temporal_hz = 1; });
  add([](GratingParameters& p) { p.phase_deg = 1; });
  add([](GratingParameters& p) { p.contrast = 0.4; });
  add([](GratingParameters& p) { p.degrees_per_pixel = 2; });
  add([](GratingParameters& p) { p.frame_rate_hz = 500; });
  add([](GratingParameters& p) { p.new_row_size_deg = 80; });
  add([](GratingParameters& p) { p.new_column_size_deg = 80; });
  add([](GratingParameters& p) { p.y_direction = YDirection::down; });
  std::ranges::sort(conditions);
  CHECK(std::ranges::adjacent_find(conditions) == conditions.end());
  auto mirrored = standard_grating();  // up and down differ in the sign of theta only
  mirrored.theta_deg = -45;
  mirrored.y_direction = YDirection::down;
  CHECK(make_grating(mirrored, "test").condition == make_grating(standard_grating(), "test").condition);
}

TEST_CASE("trial seeds and first spikes keep their values") {
  CHECK(trial_seed(0, "lgn", 0, 0) == 0xcd8995f7b6d3b1d7u);
  CHECK(trial_seed(1, "lgn", 2, 3) == 0xe693ec7a57e24be1u);
  using Times = std::vector<long>;
  CHECK(first_spikes_us(SpikeProcess::poisson, 3, 0) == Times{1906, 4190, 9390, 10316});
  CHECK(first_spikes_us(SpikeProcess::poisson, 3, 17'399) == Times{4216, 4942, 11345, 17043});
  CHECK(first_spikes_us(SpikeProcess::poisson, 4, 0) == Times{2597, 10921, 11568, 35798});
  CHECK(first_spikes_us(SpikeProcess::bernoulli, 3, 0) == Times{30042, 46678, 48186, 52232});
}

TEST_CASE("the first background spikes keep their values") {
  const auto spikes = background_spikes({.file = "", .rate_hz = 250, .duration_s = 0.1, .seed = 1}, 2,
                                        BackgroundRandom::counter);
  REQUIRE(spikes.size() > 4);
  CHECK(std::vector<double>(spikes.time_ms.begin(), spikes.time_ms.begin() + 4) ==
        std::vector<double>{1.26, 2.51, 3.01, 5.01});
}
