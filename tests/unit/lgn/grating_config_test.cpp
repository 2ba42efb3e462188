// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/grating_config.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"

using namespace striate;
using namespace striate::lgn;
using io::Json;

namespace {

Json base() {
  return {{"row_size", 16}, {"col_size", 24},     {"gray_screen_dur", 100.0}, {"theta", 45.0},
          {"cpd", 0.04},    {"temporal_f", 8},    {"contrast", 0.6},          {"degrees_per_pixel", 1.0},
          {"y_dir", "up"},  {"module", "grating"}};
}

Stimulus read(const Json& input) {
  return read_grating(io::JsonSection(input, "config.json", "/inputs/LGN"), 1000);
}

Stimulus with(const char* key, const Json& value) {
  auto input = base();
  input[key] = value;
  return read(input);
}

const GratingSequence& sequence_of(const Stimulus& stimulus) {
  return std::get<GratingSequence>(stimulus.pattern);
}

Aperture aperture_of(const Json& value) {
  const auto stimulus = with("aperture", value);
  return sequence_of(stimulus).slots.front().waves.front().aperture;
}

void refuses(const char* key, const Json& value, const std::string& text) {
  INFO(key << " " << value.dump());
  CHECK_THROWS_AS(with(key, value), core::ConfigError);
  CHECK_THROWS_WITH(with(key, value), Catch::Contains(text) && Catch::Contains("config.json:/inputs/LGN"));
}

}  // namespace

TEST_CASE("a grating without aperture, components and slots stays what it was") {
  CHECK(std::holds_alternative<Grating>(read(base()).pattern));
  CHECK(std::get<Grating>(read(base()).pattern).contrast == 0.6);
}

TEST_CASE("apertures are read, and lie in the middle of the screen unless they say otherwise") {
  using Shape = Aperture::Shape;
  CHECK(aperture_of({{"shape", "disk"}, {"diameter", 5}}) ==
        Aperture{.shape = Shape::disk, .x_deg = 12, .y_deg = 8, .diameter_deg = 5});
  CHECK(aperture_of({{"shape", "annulus"},
                     {"diameter", 9},
                     {"inner_diameter", 4},
                     {"edge", 1.5},
                     {"x", 3},
                     {"y", -4},
                     {"invert", true}}) == Aperture{.shape = Shape::annulus,
                                                    .x_deg = 3,
                                                    .y_deg = -4,
                                                    .diameter_deg = 9,
                                                    .inner_diameter_deg = 4,
                                                    .edge_deg = 1.5,
                                                    .invert = true});
  CHECK(aperture_of({{"shape", "rectangle"}, {"width", 5}, {"height", 6}, {"edge", 5}}) ==
        Aperture{.shape = Shape::rectangle,
                 .x_deg = 12,
                 .y_deg = 8,
                 .width_deg = 5,
                 .height_deg = 6,
                 .edge_deg = 5});
  CHECK(aperture_of({{"shape", "gaussian"}, {"sigma", 2}}) ==
        Aperture{.shape = Shape::gaussian, .x_deg = 12, .y_deg = 8, .sigma_deg = 2});
  auto relabelled = base();
  relabelled["col_size_new"] = 48;
  relabelled["aperture"] = {{"shape", "gaussian"}, {"sigma", 2}};
  CHECK(sequence_of(read(relabelled)).slots[0].waves[0].aperture.x_deg == 24);
}

TEST_CASE("apertures that are no apertures are refused") {
  refuses("aperture", "disk", "needed is an object");
  refuses("aperture", {{"diameter", 5}}, "missing key");
  refuses("aperture", {{"shape", "disc"}, {"diameter", 5}}, "did you mean disk?");
  refuses("aperture", {{"shape", "disk"}}, "aperture/diameter");
  refuses("aperture", {{"shape", "disk"}, {"diameter", 0}}, "must be positive");
  refuses("aperture", {{"shape", "disk"}, {"diameter", -3}}, "must be positive");
  refuses("aperture", {{"shape", "disk"}, {"diameter", "nan"}}, "needed is a number");
  refuses("aperture", {{"shape", "disk"}, {"diameter", 5}, {"sigma", 2}}, "sigma does not apply");
  refuses("aperture", {{"shape", "disk"}, {"diameter", 5}, {"width", 2}}, "width does not apply");
  refuses("aperture", {{"shape", "disk"}, {"diameter", 5}, {"inner_diameter", 2}},
          "inner_diameter does not apply");
  refuses("aperture", {{"shape", "gaussian"}, {"sigma", 5}, {"edge", 2}}, "edge does not apply");
  refuses("aperture", {{"shape", "gaussian"}, {"sigma", 0}}, "must be positive");
  refuses("aperture", {{"shape", "rectangle"}, {"width", 5}}, "height");
  refuses("aperture", {{"shape", "annulus"}, {"diameter", 5}, {"inner_diameter", 5}},
          "must be below diameter");
  refuses("aperture", {{"shape", "annulus"}, {"diameter", 5}, {"inner_diameter", 6}},
          "must be below diameter");
  refuses("aperture", {{"shape", "disk"}, {"diameter", 5}, {"edge", -1}}, "must not be negative");
  refuses("aperture", {{"shape", "disk"}, {"diameter", 5}, {"edge", 5.1}}, "the rim would not fit");
  refuses("aperture", {{"shape", "annulus"}, {"diameter", 10}, {"inner_diameter", 8}, {"edge", 1.1}},
          "the rim would not fit");
  refuses("aperture", {{"shape", "disk"}, {"diameter", 5}, {"radius", 2}}, "unknown key");
  refuses("aperture", {{"shape", "disk"}, {"diameter", 5}, {"invert", 1}}, "true or false");
}

TEST_CASE("components inherit what they do not set") {
  const auto stimulus = with(
      "components", {{{"contrast", 0.3}},
                     {{"theta", 90}, {"contrast", 0.5}, {"aperture", {{"shape", "disk"}, {"diameter", 4}}}}});
  const auto& waves = sequence_of(stimulus).slots.front().waves;
  REQUIRE(waves.size() == 2);
  CHECK(waves[0].contrast == 0.3);
  CHECK(waves[0].row_cycles > 0);
  CHECK(waves[0].temporal_hz == 8);
  CHECK(std::abs(waves[1].column_cycles) < 1e-15);
  CHECK(waves[1].aperture.diameter_deg == 4);
  refuses("components", Json::array(), "list of objects");
  refuses("components", 5, "list of objects");
  refuses("components", Json::array({5}), "must be an object");
  refuses("components", {{{"theta", "x"}}}, "components/0/theta");
  refuses("components", {{{"contrast", 0.2}}, {{"contrats", 0.2}}}, "components/1/contrats");
  refuses("components", {{{"contrast", 0.6}}, {{"contrast", 0.5}}}, "add up to 1.1");
  refuses("components", {{{"contrast", 1.5}}}, "between 0 and 1");
}

TEST_CASE("slots follow each other after the grey, and inherit what they do not set") {
  auto input = base();
  input["slots"] = {{{"dur", 200}, {"gray", 50}},
                    {{"dur", 100}, {"blank", true}},
                    {{"dur", 100}, {"theta", 0}, {"temporal_f", 0}},
                    {{"dur", 300}, {"components", {{{"contrast", 0.1}}, {{"contrast", 0.2}}}}}};
  const auto stimulus = read(input);
  const auto& slots = sequence_of(stimulus).slots;
  REQUIRE(slots.size() == 4);
  CHECK((slots[0].first_frame == 100 && slots[0].end_frame == 300));
  CHECK((slots[1].first_frame == 350 && slots[1].end_frame == 450 && slots[1].waves.empty()));
  CHECK((slots[2].first_frame == 450 && slots[2].end_frame == 550));
  CHECK((slots[3].first_frame == 550 && slots[3].end_frame == 850));
  CHECK(slots[0].waves[0].temporal_hz == 8);
  CHECK(slots[2].waves[0].temporal_hz == 0);
  CHECK(slots[2].waves[0].row_cycles == 0);
  CHECK((slots[3].waves.size() == 2 && slots[3].waves[1].contrast == 0.2));
  CHECK(stimulus.frames == 1001);
  CHECK(stimulus.description == "3 gratings one after another (y up), from 100 ms on, and 1 blank");

  input["components"] = {{{"theta", 0}}, {{"theta", 90}}};  // of every slot that has none of its own
  input["contrast"] = 0.5;
  const auto plaids = read(input);
  CHECK(sequence_of(plaids).slots[0].waves.size() == 2);
  CHECK(sequence_of(plaids).slots[1].waves.empty());
  CHECK(sequence_of(plaids).slots[3].waves[0].contrast == 0.1);

  refuses("slots", Json::array(), "list of objects");
  refuses("slots", {{{"theta", 5}}}, "slots/0/dur");
  refuses("slots", {{{"dur", 0}}}, "must be positive");
  refuses("slots", {{{"dur", 100}, {"gray", -1}}}, "must not be negative");
  refuses("slots", {{{"dur", 100}}, {{"dur", 900}}}, "lasts to 1100 ms");
  refuses("slots", {{{"dur", 100}, {"blank", true}, {"theta", 4}}}, "theta does not apply");
  refuses("slots", {{{"dur", 100}, {"duration", 4}}}, "slots/0/duration");
  refuses("slots", {{{"dur", 100}, {"aperture", {{"shape", "square"}}}}}, "slots/0/aperture/shape");
}

TEST_CASE("without a pitch, pixels suit the finest grating") {
  auto input = base();
  input.erase("degrees_per_pixel");
  input["slots"] = {{{"dur", 100}, {"cpd", 0.02}}, {{"dur", 100}, {"cpd", 0.05}}};
  CHECK(read(input).screen.columns == 12);  // 24 degrees of 1 / (10 x 0.05)
  input["slots"] = {{{"dur", 100}, {"cpd", 0}}};
  CHECK_THROWS_WITH(read(input), Catch::Contains("degrees_per_pixel"));
}
