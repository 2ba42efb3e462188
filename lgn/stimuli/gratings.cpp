// SPDX-License-Identifier: BSD-3-Clause
// Drifting gratings: one that fills the screen, several together or through apertures, one after another.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/errors/error.hpp"
#include "lgn/stimuli/condition.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {
namespace {

/// Distances of pixels as drawn: Screen's may have been relabelled.
struct DrawnPitch {
  double row_deg, column_deg;
};

DrawnPitch set_screen(Stimulus& stimulus, const GratingParameters& p, const std::string& where) {
  stimulus.frame_rate_hz = p.frame_rate_hz;
  Screen& screen = stimulus.screen;
  screen.rows = whole_pixels(p.row_size_deg, p.degrees_per_pixel, "row_size", where);
  screen.columns = whole_pixels(p.column_size_deg, p.degrees_per_pixel, "col_size", where);
  check_extent(p.frame_rate_hz * p.duration_s + 2, static_cast<double>(screen.rows),
               static_cast<double>(screen.columns), where);
  const DrawnPitch drawn{.row_deg = edge_to_edge_pitch(p.row_size_deg, screen.rows),
                         .column_deg = edge_to_edge_pitch(p.column_size_deg, screen.columns)};
  screen.row_pitch_deg =
      p.new_row_size_deg > 0 ? edge_to_edge_pitch(p.new_row_size_deg, screen.rows) : drawn.row_deg;
  screen.column_pitch_deg = p.new_column_size_deg > 0
                                ? edge_to_edge_pitch(p.new_column_size_deg, screen.columns)
                                : drawn.column_deg;
  return drawn;
}

Wave wave_of(const WaveParameters& p, YDirection y_direction, const DrawnPitch& pitch) {
  // Positive theta turns from +x towards the world's up: against the row index when rows go down.
  const double angle_rad =
      (y_direction == YDirection::up ? p.theta_deg : -p.theta_deg) * std::numbers::pi / 180;
  return {.contrast = p.contrast,
          .column_cycles = p.cycles_per_degree * std::cos(angle_rad) * pitch.column_deg,
          .row_cycles = p.cycles_per_degree * std::sin(angle_rad) * pitch.row_deg,
          .temporal_hz = p.temporal_hz,
          .phase_rad = p.phase_deg * std::numbers::pi / 180,
          .aperture = p.aperture};
}

WaveParameters wave_of(const GratingParameters& p) {
  return {.theta_deg = p.theta_deg,
          .cycles_per_degree = p.cycles_per_degree,
          .temporal_hz = p.temporal_hz,
          .phase_deg = p.phase_deg,
          .contrast = p.contrast};
}

/// When the grating of a run moves; sets the number of frames.
struct Motion {
  std::size_t first_frame = 0;
  double first_tau_s = 0, tau_step_s = 0;
};

Motion set_motion(Stimulus& stimulus, const GratingParameters& p, const std::string& where) {
  if (p.gray_s > p.duration_s)
    throw core::ConfigError("gray_screen_dur = {} ms at {} (longer than run.tstop = {} ms)", p.gray_s * 1000,
                            where, p.duration_s * 1000);
  const double moving_s = p.duration_s - p.gray_s;
  const auto moving_frames = static_cast<std::size_t>(std::round(p.frame_rate_hz * moving_s)) + 1;
  Motion motion{.tau_step_s = moving_frames > 1 ? moving_s / static_cast<double>(moving_frames - 1) : 0};
  stimulus.frames = moving_frames;
  if (p.gray_s > 0) {
    // t = 0 … gray_s inclusive is grey; the grating's frame at tau = 0 falls on the last of these and is
    // lost.
    motion.first_frame = frames_covering(p.frame_rate_hz, p.gray_s) + 1;
    motion.first_tau_s = motion.tau_step_s;
    stimulus.frames = motion.first_frame + moving_frames - 1;
  }
  return motion;
}

/// From the parameters as given: their sines and cosines may differ in the last bit between machines.
std::uint64_t condition_of(const GratingParameters& p) {
  ConditionHash hash;
  hash.add("grating").add(p.duration_s).add(p.row_size_deg).add(p.column_size_deg).add(p.gray_s);
  hash.add(p.y_direction == YDirection::up ? p.theta_deg : -p.theta_deg).add(p.cycles_per_degree);
  hash.add(p.temporal_hz).add(p.phase_deg).add(p.contrast).add(p.degrees_per_pixel).add(p.frame_rate_hz);
  return hash.add(p.new_row_size_deg).add(p.new_column_size_deg).value();
}

ConditionHash screen_hash(const char* kind, const GratingParameters& p) {
  ConditionHash hash;
  hash.add(kind).add(p.duration_s).add(p.row_size_deg).add(p.column_size_deg).add(p.degrees_per_pixel);
  return hash.add(p.frame_rate_hz).add(p.new_row_size_deg).add(p.new_column_size_deg);
}

void add(ConditionHash& hash, const std::vector<WaveParameters>& waves, YDirection y_direction) {
  hash.add(static_cast<std::uint64_t>(waves.size()));
  for (const auto& p : waves) {
    hash.add(y_direction == YDirection::up ? p.theta_deg : -p.theta_deg).add(p.cycles_per_degree);
    hash.add(p.temporal_hz).add(p.phase_deg).add(p.contrast);
    const auto& a = p.aperture;
    hash.add(static_cast<std::uint64_t>(a.shape));
    if (a.shape == Aperture::Shape::none) continue;
    hash.add(a.x_deg).add(a.y_deg).add(a.diameter_deg).add(a.inner_diameter_deg).add(a.width_deg);
    hash.add(a.height_deg).add(a.sigma_deg).add(a.edge_deg).add(static_cast<std::uint64_t>(a.invert));
  }
}

/// Waves may add up to 1 at each pixel, so that nothing is whiter than white.
void check_contrast(const std::vector<Wave>& waves, const Screen& screen, const std::string& where) {
  constexpr double most = 1 + 1e-9;
  double total = 0;
  for (const auto& wave : waves) total += wave.contrast;
  if (total <= most) return;  // weights are at most 1
  for (std::size_t j = 0; j < screen.rows; ++j)
    for (std::size_t i = 0; i < screen.columns; ++i) {
      const double x_deg = static_cast<double>(i) * screen.column_pitch_deg,
                   y_deg = static_cast<double>(j) * screen.row_pitch_deg;
      double sum = 0;
      for (const auto& wave : waves) sum += wave.contrast * aperture_weight(wave.aperture, x_deg, y_deg);
      if (sum > most)
        throw core::ConfigError(
            "contrasts of {} gratings at {} add up to {:.4g} at x {:.4g}, y {:.4g} degrees (at most 1, else "
            "pixels would be whiter than white) lower contrast, or part them by apertures",
            waves.size(), where, sum, x_deg, y_deg);
    }
}

std::vector<Wave> waves_of(const std::vector<WaveParameters>& parameters, const GratingParameters& p,
                           const DrawnPitch& pitch, const Screen& screen, const std::string& where) {
  std::vector<Wave> waves;
  for (const auto& wave : parameters) waves.push_back(wave_of(wave, p.y_direction, pitch));
  check_contrast(waves, screen, where);
  return waves;
}

std::string describe(const WaveParameters& p) {
  constexpr const char* shapes[] = {"", "disk", "annulus", "rectangle", "gaussian"};
  auto text =
      fmt::format("{:.6g} degrees, {:.6g} cycles/degree, {:.6g} Hz, contrast {:.6g}, phase {:.6g} degrees",
                  p.theta_deg, p.cycles_per_degree, p.temporal_hz, p.contrast, p.phase_deg);
  if (const auto& a = p.aperture; a.shape != Aperture::Shape::none)
    text += fmt::format(", {} a {} at ({:.6g}, {:.6g})", a.invert ? "outside" : "in",
                        shapes[static_cast<int>(a.shape)], a.x_deg, a.y_deg);
  return text;
}

}  // namespace

Stimulus make_grating(const GratingParameters& p, const std::string& where) {
  Stimulus stimulus;
  const auto motion = set_motion(stimulus, p, where);
  const auto pitch = set_screen(stimulus, p, where);
  const auto wave = wave_of(wave_of(p), p.y_direction, pitch);
  stimulus.pattern = Grating{.contrast = wave.contrast,
                             .column_cycles = wave.column_cycles,
                             .row_cycles = wave.row_cycles,
                             .temporal_hz = wave.temporal_hz,
                             .phase_rad = wave.phase_rad,
                             .first_frame = motion.first_frame,
                             .first_tau_s = motion.first_tau_s,
                             .tau_step_s = motion.tau_step_s};
  stimulus.description = fmt::format(
      "grating, {:.6g} degrees (y {}), {:.6g} cycles/degree, {:.6g} Hz, contrast {:.6g}, phase {:.6g} "
      "degrees, "
      "grey {:.6g} ms",
      p.theta_deg, p.y_direction == YDirection::up ? "up" : "down", p.cycles_per_degree, p.temporal_hz,
      p.contrast, p.phase_deg, p.gray_s * 1000);
  stimulus.condition = condition_of(p);
  return stimulus;
}

Stimulus make_gratings(const GratingParameters& p, const std::vector<WaveParameters>& waves,
                       const std::string& where) {
  Stimulus stimulus;
  const auto motion = set_motion(stimulus, p, where);
  const auto pitch = set_screen(stimulus, p, where);
  stimulus.pattern = GratingSequence{.tau_step_s = motion.tau_step_s,
                                     .slots = {{.first_frame = motion.first_frame,
                                                .end_frame = stimulus.frames,
                                                .first_tau_s = motion.first_tau_s,
                                                .waves = waves_of(waves, p, pitch, stimulus.screen, where)}}};
  stimulus.description = fmt::format("{} grating{} (y {})", waves.size(), waves.size() == 1 ? "" : "s",
                                     p.y_direction == YDirection::up ? "up" : "down");
  for (const auto& wave : waves) stimulus.description += "; " + describe(wave);
  stimulus.description += fmt::format("; grey {:.6g} ms", p.gray_s * 1000);
  auto hash = screen_hash("gratings", p).add(p.gray_s);
  add(hash, waves, p.y_direction);
  stimulus.condition = hash.value();
  return stimulus;
}

Stimulus make_grating_slots(const GratingParameters& p, const std::vector<SlotParameters>& slots,
                            const std::string& where) {
  Stimulus stimulus;
  const auto pitch = set_screen(stimulus, p, where);
  stimulus.frames = static_cast<std::size_t>(std::llround(p.frame_rate_hz * p.duration_s)) + 1;
  const auto frame_at = [&](double seconds) {
    return static_cast<std::size_t>(std::llround(seconds * p.frame_rate_hz));
  };
  GratingSequence sequence{.tau_step_s = 1 / p.frame_rate_hz, .slots = {}};
  auto hash = screen_hash("grating slots", p);
  std::size_t grey = 0;
  for (std::size_t k = 0; k < slots.size(); ++k) {
    const auto& slot = slots[k];
    const auto slot_where = fmt::format("{}, slot {}", where, k);
    const double end_s = slot.start_s + slot.shown_s;
    if (end_s > p.duration_s * (1 + 1e-12))
      throw core::ConfigError("the grating at {} lasts to {:g} ms (run.tstop is {:g} ms)", slot_where,
                              end_s * 1000, p.duration_s * 1000);
    const auto first = frame_at(slot.start_s), end = std::min(frame_at(end_s), stimulus.frames - 1);
    if (first >= end)
      throw core::ConfigError("dur = {:g} ms at {} is shorter than a frame of {:g} Hz", slot.shown_s * 1000,
                              slot_where, p.frame_rate_hz);
    sequence.slots.push_back({.first_frame = first,
                              .end_frame = end + 1 == stimulus.frames ? stimulus.frames : end,
                              .first_tau_s = 0,
                              .waves = waves_of(slot.waves, p, pitch, stimulus.screen, slot_where)});
    hash.add(slot.start_s).add(slot.shown_s);
    add(hash, slot.waves, p.y_direction);
    if (slot.waves.empty()) ++grey;
  }
  stimulus.description = fmt::format("{} gratings one after another (y {}), from {:g} ms on",
                                     slots.size() - grey, p.y_direction == YDirection::up ? "up" : "down",
                                     slots.empty() ? 0 : slots.front().start_s * 1000);
  if (grey > 0) stimulus.description += fmt::format(", and {} blank{}", grey, grey == 1 ? "" : "s");
  stimulus.condition = hash.value();
  stimulus.pattern = std::move(sequence);
  return stimulus;
}

}  // namespace striate::lgn
