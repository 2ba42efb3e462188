// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/grating_config.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "lgn/input_values.hpp"

namespace striate::lgn {
namespace {

using io::JsonSection;
using Shape = Aperture::Shape;

/// Middle of the screen, where an aperture is unless it says otherwise.
struct Middle {
  double x_deg, y_deg;
};

void refuse_unknown_keys(const JsonSection& section) {
  if (const auto unknown = section.unknown_keys(); !unknown.empty())
    throw core::ConfigError("unknown key {} (a part of a grating takes only what docs/lgn.md names)",
                            section.where(unknown.front()));
}

/// Objects of a list.
std::vector<JsonSection> sections_of(const JsonSection& parent, const char* key) {
  const auto& list = parent.require(key);
  const auto pointer = parent.where(key).substr(parent.file().string().size() + 1);
  if (!list.is_array() || list.empty())
    throw core::ConfigError("invalid {} (must be a list of objects)", parent.where(key));
  std::vector<JsonSection> sections;
  for (std::size_t k = 0; k < list.size(); ++k) {
    const auto place = fmt::format("{}/{}", pointer, k);
    if (!list[k].is_object())
      throw core::ConfigError("invalid {}:{} (must be an object)", parent.file(), place);
    sections.emplace_back(list[k], parent.file(), place);
  }
  return sections;
}

/// A shape, and the lengths in degrees that it takes, all positive; `edge` may be 0 and left out.
struct ShapeKeys {
  const char* name;
  Shape shape;
  std::vector<const char*> lengths;
  bool has_edge;
};

const std::vector<ShapeKeys>& shapes() {
  static const std::vector<ShapeKeys> all{{"disk", Shape::disk, {"diameter"}, true},
                                          {"annulus", Shape::annulus, {"diameter", "inner_diameter"}, true},
                                          {"rectangle", Shape::rectangle, {"width", "height"}, true},
                                          {"gaussian", Shape::gaussian, {"sigma"}, false}};
  return all;
}

/// A rim wider than what it surrounds would leave nothing at full weight.
void check_edge(const JsonSection& section, const Aperture& a) {
  const double widest = a.shape == Shape::disk ? a.diameter_deg
                        : a.shape == Shape::rectangle
                            ? std::min(a.width_deg, a.height_deg)
                            : std::min(a.inner_diameter_deg, (a.diameter_deg - a.inner_diameter_deg) / 2);
  if (a.edge_deg > widest)
    throw core::ConfigError("invalid {} = {} (at most {}: the rim would not fit)", section.where("edge"),
                            a.edge_deg, widest);
}

Aperture read_aperture(const JsonSection& section, const Middle& middle) {
  const auto name = section.require_string("shape");
  const auto shape = std::ranges::find(shapes(), name, &ShapeKeys::name);
  if (shape == shapes().end()) {
    std::vector<std::string> names;
    for (const auto& each : shapes()) names.emplace_back(each.name);
    throw core::ConfigError("unknown {} = \"{}\" (known: {}){}", section.where("shape"), name,
                            fmt::join(names, ", "), core::did_you_mean(name, names));
  }
  Aperture a{.shape = shape->shape,
             .x_deg = number(section, "x", middle.x_deg, finite),
             .y_deg = number(section, "y", middle.y_deg, finite),
             .invert = section.boolean("invert").value_or(false)};
  const std::pair<const char*, double*> lengths[] = {{"diameter", &a.diameter_deg},
                                                     {"inner_diameter", &a.inner_diameter_deg},
                                                     {"width", &a.width_deg},
                                                     {"height", &a.height_deg},
                                                     {"sigma", &a.sigma_deg}};
  for (const auto& [key, value] : lengths) {
    const bool taken = std::ranges::find(shape->lengths, std::string_view(key)) != shape->lengths.end();
    if (taken)
      *value = required(section, key, positive);
    else if (section.has(key))
      throw core::ConfigError("{} does not apply (the shape is \"{}\") remove it", section.where(key), name);
  }
  if (section.has("edge") && !shape->has_edge)
    throw core::ConfigError("{} does not apply (the shape is \"{}\") remove it", section.where("edge"), name);
  a.edge_deg = number(section, "edge", 0, not_negative);
  if (a.shape == Shape::annulus && !(a.inner_diameter_deg < a.diameter_deg))
    throw core::ConfigError("invalid {} = {} (must be below diameter = {})", section.where("inner_diameter"),
                            a.inner_diameter_deg, a.diameter_deg);
  if (a.edge_deg > 0) check_edge(section, a);
  refuse_unknown_keys(section);
  return a;
}

/// `inherited` with what the section sets.
WaveParameters read_wave(const JsonSection& section, const WaveParameters& inherited, const Middle& middle) {
  WaveParameters wave = inherited;
  wave.theta_deg = number(section, "theta", inherited.theta_deg, finite);
  wave.cycles_per_degree = number(section, "cpd", inherited.cycles_per_degree, not_negative);
  wave.temporal_hz = number(section, "temporal_f", inherited.temporal_hz, finite);
  wave.phase_deg = number(section, "phase", inherited.phase_deg, finite);
  wave.contrast = number(section, "contrast", inherited.contrast, contrasts);
  if (section.has("aperture")) wave.aperture = read_aperture(section.require_section("aperture"), middle);
  return wave;
}

std::vector<WaveParameters> read_components(const JsonSection& parent, const WaveParameters& inherited,
                                            const Middle& middle) {
  std::vector<WaveParameters> waves;
  for (const auto& section : sections_of(parent, "components")) {
    waves.push_back(read_wave(section, inherited, middle));
    refuse_unknown_keys(section);
  }
  return waves;
}

SlotParameters read_slot(const JsonSection& section, const JsonSection& input,
                         const WaveParameters& inherited, const Middle& middle) {
  SlotParameters slot;
  slot.shown_s = milliseconds(section, "dur", required(section, "dur", positive));
  const bool blank = section.boolean("blank").value_or(false);
  if (blank) {
    for (const char* key : {"theta", "cpd", "temporal_f", "phase", "contrast", "aperture", "components"})
      if (section.has(key))
        throw core::ConfigError("{} does not apply (the slot is blank) remove one", section.where(key));
  } else {
    const auto wave = read_wave(section, inherited, middle);
    // A list of the input's stands for every slot, with what the slot sets.
    if (section.has("components"))
      slot.waves = read_components(section, wave, middle);
    else if (input.has("components"))
      slot.waves = read_components(input, wave, middle);
    else
      slot.waves = {wave};
  }
  return slot;
}

std::vector<SlotParameters> read_slots(const JsonSection& input, double first_s,
                                       const WaveParameters& inherited, const Middle& middle) {
  std::vector<SlotParameters> slots;
  double next_ms = first_s * 1000;
  for (const auto& section : sections_of(input, "slots")) {
    slots.push_back(read_slot(section, input, inherited, middle));
    slots.back().start_s = next_ms / 1000;
    next_ms += slots.back().shown_s * 1000 +
               1000 * milliseconds(section, "gray", number(section, "gray", 0, not_negative));
    refuse_unknown_keys(section);
  }
  return slots;
}

double finest_cpd(const std::vector<WaveParameters>& waves) {
  double finest = 0;
  for (const auto& wave : waves) finest = std::max(finest, wave.cycles_per_degree);
  return finest;
}

/// Two pixels are needed for a cycle: with fewer, a coarser grating that drifts elsewhere would be seen.
void warn_of_coarse_pixels(const JsonSection& input, double finest, double degrees_per_pixel) {
  if (finest * degrees_per_pixel > 0.5)
    core::log::warning(
        "{:g} cycles per degree at {} are {:.3g} cycles per pixel (more than 0.5 look like a coarser "
        "grating) "
        "give a smaller degrees_per_pixel",
        finest, input.where(), finest * degrees_per_pixel);
}

}  // namespace

Stimulus read_grating(const JsonSection& input, double tstop_ms) {
  for (const char* key : {"t_min", "t_max"})
    if (input.has(key))
      throw core::ConfigError("unsupported {} (a grating runs from 0 to run.tstop) remove it",
                              input.where(key));
  GratingParameters p;
  p.duration_s = tstop_ms / 1000;
  p.row_size_deg = required(input, "row_size", positive);
  p.column_size_deg = required(input, "col_size", positive);
  p.gray_s = milliseconds(input, "gray_screen_dur", required(input, "gray_screen_dur", not_negative));
  p.frame_rate_hz = number(input, "frame_rate", 1000, frame_rates);
  if (input.has("row_size_new")) p.new_row_size_deg = required(input, "row_size_new", positive);
  if (input.has("col_size_new")) p.new_column_size_deg = required(input, "col_size_new", positive);
  p.y_direction = y_direction(input);

  const auto either = [](double relabelled, double drawn) { return relabelled > 0 ? relabelled : drawn; };
  const Middle middle{.x_deg = either(p.new_column_size_deg, p.column_size_deg) / 2,
                      .y_deg = either(p.new_row_size_deg, p.row_size_deg) / 2};
  const auto wave = read_wave(input, {}, middle);
  std::vector<SlotParameters> slots;
  std::vector<WaveParameters> waves{wave};
  if (input.has("components")) waves = read_components(input, wave, middle);
  double finest = finest_cpd(waves);
  if (input.has("slots")) {
    slots = read_slots(input, p.gray_s, wave, middle);
    finest = 0;
    for (const auto& slot : slots) finest = std::max(finest, finest_cpd(slot.waves));
  }
  if (input.has("degrees_per_pixel"))
    p.degrees_per_pixel = required(input, "degrees_per_pixel", positive);
  else if (finest > 0)
    p.degrees_per_pixel = 1 / (10 * finest);
  else
    throw core::ConfigError("no {} (needed when cpd is 0)", input.where("degrees_per_pixel"));
  warn_of_coarse_pixels(input, finest, p.degrees_per_pixel);
  const auto where = input.where("module");
  if (!slots.empty()) return make_grating_slots(p, slots, where);
  if (input.has("components") || wave.aperture.shape != Shape::none) return make_gratings(p, waves, where);
  p.theta_deg = wave.theta_deg;
  p.cycles_per_degree = wave.cycles_per_degree;
  p.temporal_hz = wave.temporal_hz;
  p.phase_deg = wave.phase_deg;
  p.contrast = wave.contrast;
  return make_grating(p, where);
}

}  // namespace striate::lgn
