// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cctype>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "lgn/grating_config.hpp"
#include "lgn/input_values.hpp"
#include "lgn/lgn_config.hpp"
#include "lgn/stimuli/movie.hpp"

namespace striate::lgn {
namespace {

using io::JsonSection;

std::size_t pixel_count(const JsonSection& input, std::string_view key) {
  const double value = required(input, key, {.low = 1, .high = most_pixels, .text = "a number of pixels"});
  if (value != std::floor(value))
    throw core::ConfigError("invalid {} = {} (a whole number of pixels is needed)", input.where(key), value);
  return static_cast<std::size_t>(value);
}

/// BMTK's tutorial flashes with 20, so that much is no mistake of its user.
double flash_intensity(const JsonSection& input) {
  const double intensity = number(input, "max_intensity", 1, finite);
  if (std::abs(intensity) > 1)
    core::log::warning("{} = {:g} (contrast is -1 to 1) change it if this is not meant",
                       input.where("max_intensity"), intensity);
  return intensity;
}

Stimulus read_flash(const JsonSection& input, double tstop_ms) {
  FlashParameters p;
  p.duration_s = tstop_ms / 1000;
  p.rows = pixel_count(input, "row_size");
  p.columns = pixel_count(input, "col_size");
  p.on_ms = 1000 * milliseconds(input, "t_on", required(input, "t_on", finite));
  p.off_ms = 1000 * milliseconds(input, "t_off", required(input, "t_off", finite));
  p.intensity = flash_intensity(input);
  p.frame_rate_hz = required(input, "frame_rate", frame_rates);
  y_direction(input);
  if (p.on_ms >= tstop_ms)
    core::log::warning("{} = {} ms (run.tstop is {:g} ms: the flash is never on)", input.where("t_on"),
                       p.on_ms, tstop_ms);
  else if (p.off_ms > tstop_ms)
    core::log::warning("{} = {} ms (run.tstop is {:g} ms: the flash is on to its end)", input.where("t_off"),
                       p.off_ms, tstop_ms);
  return make_flash(p, input.where("module"));
}

Stimulus read_looming(const JsonSection& input) {
  LoomingParameters p;
  p.row_size_deg = required(input, "row_size", positive);
  p.column_size_deg = required(input, "col_size", positive);
  p.gray_s = milliseconds(input, "gray_screen_dur", number(input, "gray_screen_dur", 500, not_negative));
  p.looming_s = number(input, "t_looming", 1, not_negative);
  if (constexpr double longest_usual_s = 100; p.looming_s > longest_usual_s)
    core::log::warning("{} = {} is taken as {} s (this key is in s) write {} if ms are meant",
                       input.where("t_looming"), p.looming_s, p.looming_s, p.looming_s / 1000);
  if (const auto center = input.numbers("center")) {
    if (center->size() != 2)
      throw core::ConfigError("invalid {} ({} numbers, x and y in degrees are needed)", input.where("center"),
                              center->size());
    p.center_x_deg = (*center)[0];
    p.center_y_deg = (*center)[1];
  }
  p.frame_rate_hz = number(input, "frame_rate", 1000, frame_rates);
  y_direction(input);
  return make_looming(p, input.where("module"));
}

Normalization normalization(const JsonSection& input) {
  if (!input.has("normalize")) return {};
  const io::Json& value = input.require("normalize");
  if (value.is_boolean())
    return {.kind = value.get<bool>() ? Normalization::Kind::guess : Normalization::Kind::none};
  const auto range = input.numbers("normalize").value();
  if (range.size() != 2 || !(range[0] < range[1]))
    throw core::ConfigError("invalid {} (true, false or [black, white] with black < white)",
                            input.where("normalize"));
  return {.kind = Normalization::Kind::range, .low = range[0], .high = range[1]};
}

/// Frames per second from "frame_rate", or from the times of the frames.
double movie_frame_rate(const JsonSection& input, std::uint64_t frames) {
  const auto times = input.numbers("t_range");
  if (input.has("frame_rate") || !times) return required(input, "frame_rate", frame_rates);
  if (times->size() != frames || frames < 2)
    throw core::ConfigError("invalid {} ({} times for {} frames, at least 2 are needed)",
                            input.where("t_range"), times->size(), frames);
  const double interval_s = (times->back() - times->front()) / static_cast<double>(frames - 1);
  if (!(interval_s > 0)) throw core::ConfigError("invalid {} (times in s must rise)", input.where("t_range"));
  return checked(input, "t_range", 1 / interval_s, frame_rates);
}

/// What a picture's first row is when the configuration does not say: BMTK's movies have it at y = 0; in the
/// module "images", which is ours, it is the top, as in picture files, and y points up.
enum class FirstRow { at_origin, at_top };

PictureParameters picture_parameters(const JsonSection& input, FirstRow first_row) {
  PictureParameters p;
  p.file = open_pictures(io::stimulus_file(input), input.string("dataset"), input.where("data_file"));
  p.row_range = input.numbers("row_range").value_or(std::vector<double>{});
  p.column_range = input.numbers("col_range").value_or(std::vector<double>{});
  if (input.has("degrees_per_pixel")) p.pitch_deg = required(input, "degrees_per_pixel", positive);
  p.flip_rows = input.boolean("flip_y").value_or(first_row == FirstRow::at_top);
  p.normalization = normalization(input);
  y_direction(input, first_row == FirstRow::at_top ? "up" : "down");
  input.accept({"labels", "units"});
  return p;
}

Stimulus read_movie(const JsonSection& input) {
  PictureParameters p = picture_parameters(input, FirstRow::at_origin);
  p.frame_rate_hz = movie_frame_rate(input, p.file.count);
  return make_movie(p, input.where("module"));
}

Stimulus read_images(const JsonSection& input) {
  PictureParameters p = picture_parameters(input, FirstRow::at_top);
  p.frame_rate_hz = number(input, "frame_rate", 1000, frame_rates);
  HeldImageParameters show;
  show.image_s = milliseconds(input, "image_dur", required(input, "image_dur", positive));
  show.gray_before_s =
      milliseconds(input, "gray_screen_dur", number(input, "gray_screen_dur", 0, not_negative));
  show.gray_after_s =
      milliseconds(input, "gray_screen_end_dur", number(input, "gray_screen_end_dur", 0, not_negative));
  const auto blank = input.integer("blank");
  for (const double image : input.numbers("order").value_or(std::vector<double>{})) {
    if (!(image >= -1) || image != std::floor(image) || image > 1e12)
      throw core::ConfigError("invalid image {} in {} (whole numbers are needed, from 0 or -1 for grey)",
                              image, input.where("order"));
    const auto number = static_cast<std::int64_t>(image);
    show.order.push_back(number == blank ? -1 : number);
  }
  return make_held_images(p, show, input.where("module"));
}

/// Only gratings and flashes fill run.tstop by themselves.
void warn_of_duration(const JsonSection& input, const Stimulus& stimulus, double tstop_ms) {
  const double frame_ms = 1000 / stimulus.frame_rate_hz, lasts_ms = duration_ms(stimulus);
  // A movie of tstop / frame_ms frames ends one frame early, which is what its maker meant.
  if (lasts_ms < tstop_ms - 1.5 * frame_ms)
    core::log::warning("the stimulus at {} lasts {:g} ms (run.tstop is {:g} ms: no spikes after its end)",
                       input.where(), lasts_ms, tstop_ms);
  else if (lasts_ms > tstop_ms + 1.5 * frame_ms)
    core::log::warning("the stimulus at {} lasts {:g} ms (run.tstop is {:g} ms: it is made to its end)",
                       input.where(), lasts_ms, tstop_ms);
}

Sampling read_sampling(const JsonSection& input, const Stimulus& stimulus) {
  Sampling sampling = Sampling::all(stimulus);
  const auto options = input.section("evaluation_options");
  if (!options) return sampling;
  const bool separable = options->boolean("separable").value_or(false);
  const double step =
      number(*options, "downsample", 1, {.low = 1, .high = 1e9, .text = "must be at least 1"});
  if (step != std::floor(step))
    throw core::ConfigError("invalid {} = {} (a whole number is needed)", options->where("downsample"), step);
  if (separable && (step != 1 || options->has("t_min") || options->has("t_max")))
    throw core::ConfigError(
        "contradictory {} (separable evaluation gives every frame: downsample 1, no t_min or t_max) set "
        "\"separable\": false",
        input.where("evaluation_options"));
  const double last_s = static_cast<double>(stimulus.frames - 1) / stimulus.frame_rate_hz;
  const double from_s = number(*options, "t_min", 0, finite),
               to_s = number(*options, "t_max", last_s, finite);
  options->warn_unknown_keys();
  const double tolerance = 1e-6;  // of a frame
  const double from = std::max(0.0, std::ceil(from_s * stimulus.frame_rate_hz - tolerance));
  const double to = std::floor(std::min(to_s, last_s) * stimulus.frame_rate_hz + tolerance);
  if (!(from <= to))
    throw core::ConfigError(
        "no frames between t_min = {} s and t_max = {} s at {} (the stimulus ends at {} s)", from_s, to_s,
        input.where("evaluation_options"), last_s);
  sampling.first = static_cast<std::size_t>(from);
  sampling.step = static_cast<std::size_t>(step);
  sampling.count = static_cast<std::size_t>((to - from) / step) + 1;
  return sampling;
}

}  // namespace

ConfiguredStimulus read_stimulus(const JsonSection& input, double tstop_ms) {
  const auto type = input.require_string("input_type");
  if (type != "movie")
    throw core::ConfigError("unsupported {} = \"{}\" (\"movie\" is)", input.where("input_type"), type);
  auto module = input.require_string("module");
  std::ranges::transform(module, module.begin(), [](unsigned char c) { return std::tolower(c); });
  input.accept({"enabled", "trial", "node_set"});
  ConfiguredStimulus result;
  if (module == "graiting" || module == "grating")
    result.stimulus = read_grating(input, tstop_ms);
  else if (module == "movie")
    result.stimulus = read_movie(input);
  else if (module == "images")
    result.stimulus = read_images(input);
  else if (module == "full_field_flash")
    result.stimulus = read_flash(input, tstop_ms);
  else if (module == "looming")
    result.stimulus = read_looming(input);
  else
    throw core::ConfigError(
        "unsupported {} = \"{}\" (grating, graiting, movie, images, full_field_flash and looming are)",
        input.where("module"), module);
  result.y_up = y_direction(input, module == "images" ? "up" : "down") == YDirection::up;
  warn_of_duration(input, result.stimulus, tstop_ms);
  result.sampling = read_sampling(input, result.stimulus);
  input.warn_unknown_keys();
  return result;
}

}  // namespace striate::lgn
