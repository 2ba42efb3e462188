// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/stimulus.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/errors/error.hpp"
#include "lgn/stimuli/condition.hpp"

namespace striate::lgn {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;

std::vector<double> grating_pixels(const Stimulus& stimulus, const Grating& grating, std::size_t frame) {
  std::vector<double> pixels(stimulus.screen.pixels(), 0.0);
  if (frame < grating.first_frame) return pixels;
  const double tau_s =
      grating.first_tau_s + static_cast<double>(frame - grating.first_frame) * grating.tau_step_s;
  for (std::size_t j = 0; j < stimulus.screen.rows; ++j)
    for (std::size_t i = 0; i < stimulus.screen.columns; ++i) {
      const double cycles = grating.column_cycles * static_cast<double>(i) +
                            grating.row_cycles * static_cast<double>(j) - grating.temporal_hz * tau_s;
      pixels[j * stimulus.screen.columns + i] =
          grating.contrast * std::sin(two_pi * cycles + grating.phase_rad);
    }
  return pixels;
}

std::vector<double> sequence_pixels(const Stimulus& stimulus, const GratingSequence& sequence,
                                    std::size_t frame) {
  const Screen& screen = stimulus.screen;
  std::vector<double> pixels(screen.pixels(), 0.0);
  for (const auto& slot : sequence.slots) {
    if (frame < slot.first_frame || frame >= slot.end_frame) continue;
    const double tau_s =
        slot.first_tau_s + static_cast<double>(frame - slot.first_frame) * sequence.tau_step_s;
    for (const auto& wave : slot.waves)
      for (std::size_t j = 0; j < screen.rows; ++j)
        for (std::size_t i = 0; i < screen.columns; ++i) {
          const double column = static_cast<double>(i), row = static_cast<double>(j);
          const double cycles =
              wave.column_cycles * column + wave.row_cycles * row - wave.temporal_hz * tau_s;
          pixels[j * screen.columns + i] +=
              wave.contrast * std::sin(two_pi * cycles + wave.phase_rad) *
              aperture_weight(wave.aperture, column * screen.column_pitch_deg, row * screen.row_pitch_deg);
        }
  }
  return pixels;
}

std::vector<double> movie_pixels(const Stimulus& stimulus, const Movie& movie, std::size_t frame) {
  const std::size_t count = stimulus.screen.pixels();
  std::vector<double> pixels(count, 0.0);
  const std::int64_t picture = movie.runs[run_at(movie, frame)].picture;
  if (picture < 0) return pixels;
  std::visit(
      [&](const auto& values) {
        const auto* source = values.data() + static_cast<std::size_t>(picture) * count;
        for (std::size_t k = 0; k < count; ++k)
          pixels[k] = static_cast<double>(source[k]) * movie.pictures.scale + movie.pictures.offset;
      },
      movie.pictures.values);
  return pixels;
}

std::uint64_t condition_of(const Stimulus& stimulus, const Movie& movie) {
  ConditionHash hash;
  const Screen& screen = stimulus.screen;
  hash.add(static_cast<std::uint64_t>(screen.rows)).add(static_cast<std::uint64_t>(screen.columns));
  hash.add(screen.row_pitch_deg).add(screen.column_pitch_deg).add(stimulus.frame_rate_hz);
  hash.add(static_cast<std::uint64_t>(stimulus.frames));
  hash.add("movie").add(movie.pictures.scale).add(movie.pictures.offset);
  std::visit([&](const auto& values) { hash.add_bytes(std::as_bytes(std::span(values))); },
             movie.pictures.values);
  for (const Run& run : movie.runs)
    hash.add(static_cast<std::uint64_t>(run.first_frame)).add(static_cast<std::uint64_t>(run.picture));
  return hash.value();
}

}  // namespace

double edge_to_edge_pitch(double size_deg, std::size_t pixels) {
  return size_deg / static_cast<double>(pixels - 1);
}

std::size_t whole_pixels(double size_deg, double pitch_deg, const char* key, const std::string& where) {
  const double count = std::trunc(size_deg / pitch_deg);
  if (!(count >= 2))
    throw core::ConfigError(
        "invalid {} at {} ({} degrees are {} pixels of {} degrees, at least 2 are needed)", key, where,
        size_deg, count, pitch_deg);
  check_extent(1, count, 2, where);
  return static_cast<std::size_t>(count);
}

std::size_t frames_covering(double frame_rate_hz, double seconds) {
  return static_cast<std::size_t>(std::max(0.0, std::ceil(frame_rate_hz * seconds - 1e-6)));
}

void check_extent(double frames, double rows, double columns, const std::string& where) {
  if (!(frames >= 1))
    throw core::ConfigError("stimulus at {} has no frames (duration times frame rate is below one frame)",
                            where);
  if (!(frames <= most_frames))
    throw core::ConfigError(
        "stimulus at {} has {:.3g} frames (at most {:.3g}) shorten it or lower frame_rate", where, frames,
        most_frames);
  if (!(rows >= 1) || !(columns >= 1) || !(rows * columns <= most_pixels))
    throw core::ConfigError("stimulus at {} has frames of {:.3g} x {:.3g} pixels (1 to {:.3g} in all)", where,
                            rows, columns, most_pixels);
}

Stimulus make_flash(const FlashParameters& p, const std::string& where) {
  if (!(p.on_ms < p.off_ms))
    throw core::ConfigError(
        "invalid t_off = {} ms at {} (must be after t_on = {} ms; both are times, not lengths)", p.off_ms,
        where, p.on_ms);
  check_extent(p.frame_rate_hz * p.duration_s + 1, static_cast<double>(p.rows),
               static_cast<double>(p.columns), where);
  Stimulus stimulus;
  stimulus.frame_rate_hz = p.frame_rate_hz;
  stimulus.screen = {.rows = p.rows, .columns = p.columns, .row_pitch_deg = 1, .column_pitch_deg = 1};
  stimulus.frames = frames_covering(p.frame_rate_hz, p.duration_s) + 1;
  Movie movie;
  movie.pictures.values = std::vector<double>(stimulus.screen.pixels(), p.intensity);
  movie.pictures.count = 1;
  for (std::size_t n = 0; n < stimulus.frames; ++n) {
    const double t_ms = 1000 * static_cast<double>(n) / p.frame_rate_hz;
    const std::int64_t picture = t_ms >= p.on_ms && t_ms < p.off_ms ? 0 : -1;
    if (movie.runs.empty() || movie.runs.back().picture != picture) movie.runs.push_back({n, picture});
  }
  show_movie(stimulus, std::move(movie));
  stimulus.description =
      fmt::format("full-field flash of {:.6g} from {:.6g} to {:.6g} ms", p.intensity, p.on_ms, p.off_ms);
  return stimulus;
}

Stimulus make_looming(const LoomingParameters& p, const std::string& where) {
  constexpr double growth_per_frame = 0.75, largest_square = 625;  // pixels²: the disc's area grows evenly
  Stimulus stimulus;
  stimulus.frame_rate_hz = p.frame_rate_hz;
  const auto rows = whole_pixels(p.row_size_deg, 1, "row_size", where);
  const auto columns = whole_pixels(p.column_size_deg, 1, "col_size", where);
  check_extent(p.frame_rate_hz * (p.gray_s + p.looming_s), static_cast<double>(rows),
               static_cast<double>(columns), where);
  stimulus.screen = {.rows = rows,
                     .columns = columns,
                     .row_pitch_deg = edge_to_edge_pitch(p.row_size_deg, rows),
                     .column_pitch_deg = edge_to_edge_pitch(p.column_size_deg, columns)};
  const auto gray_frames = static_cast<std::size_t>(std::round(p.frame_rate_hz * p.gray_s));
  const auto looming_frames = static_cast<std::size_t>(std::round(p.frame_rate_hz * p.looming_s));
  // The disc starts anew every 2500/3 frames, each time a third of a frame's growth later: all repeats after
  // 2500 frames.
  const std::size_t distinct = std::min<std::size_t>(looming_frames, 2500);
  constexpr double most_disc_pixels = 2.5e8;  // 1 GB
  if (static_cast<double>(distinct) * static_cast<double>(stimulus.screen.pixels()) > most_disc_pixels)
    throw core::ConfigError(
        "looming at {} has {} frames of {} x {} pixels (at most {:g} pixels in all) make it smaller", where,
        distinct, rows, columns, most_disc_pixels);
  std::vector<float> discs(distinct * stimulus.screen.pixels(), 0.0f);
  const auto middle = [](const std::optional<double>& center_deg, double pitch_deg, std::size_t pixels) {
    return center_deg ? *center_deg / pitch_deg : static_cast<double>(pixels) / 2;
  };
  const double middle_row = middle(p.center_y_deg, stimulus.screen.row_pitch_deg, rows),
               middle_column = middle(p.center_x_deg, stimulus.screen.column_pitch_deg, columns);
  for (std::size_t m = 0; m < distinct; ++m) {
    const double square = std::fmod(growth_per_frame * static_cast<double>(m), largest_square);
    for (std::size_t j = 0; j < rows; ++j)
      for (std::size_t i = 0; i < columns; ++i) {
        const double dy = static_cast<double>(j) - middle_row, dx = static_cast<double>(i) - middle_column;
        if (dy * dy + dx * dx <= square) discs[(m * rows + j) * columns + i] = -1;
      }
  }
  Movie movie{.pictures = {.values = std::move(discs), .count = distinct}, .runs = {}};
  if (gray_frames > 0) movie.runs.push_back({0, -1});
  for (std::size_t m = 0; m < looming_frames; ++m)
    movie.runs.push_back({gray_frames + m, static_cast<std::int64_t>(m % 2500)});
  stimulus.frames = gray_frames + looming_frames;
  check_extent(static_cast<double>(stimulus.frames), 1, 1, where);
  show_movie(stimulus, std::move(movie));
  stimulus.description =
      fmt::format("looming disc for {:.6g} s after {:.6g} s of grey", p.looming_s, p.gray_s);
  return stimulus;
}

double duration_ms(const Stimulus& stimulus) {
  return 1000 * static_cast<double>(stimulus.frames - 1) / stimulus.frame_rate_hz;
}

bool changes_in_time(const Stimulus& stimulus) {
  if (const auto* grating = std::get_if<Grating>(&stimulus.pattern))
    return grating->contrast != 0 && grating->first_frame < stimulus.frames &&
           (grating->first_frame > 0 || (grating->temporal_hz != 0 && stimulus.frames > 1));
  if (const auto* sequence = std::get_if<GratingSequence>(&stimulus.pattern))
    return std::ranges::any_of(sequence->slots, [&](const GratingSlot& slot) {
      const bool lasts = slot.first_frame == 0 && slot.end_frame >= stimulus.frames;
      return slot.first_frame < stimulus.frames && std::ranges::any_of(slot.waves, [&](const Wave& wave) {
               return wave.contrast != 0 && (!lasts || (wave.temporal_hz != 0 && stimulus.frames > 1));
             });
    });
  const auto& runs = std::get<Movie>(stimulus.pattern).runs;
  return std::ranges::any_of(runs, [&](const Run& run) {
    return run.picture != runs.front().picture && run.first_frame < stimulus.frames;
  });
}

void show_movie(Stimulus& stimulus, Movie movie) {
  stimulus.condition = condition_of(stimulus, movie);
  stimulus.pattern = std::move(movie);
}

std::size_t run_at(const Movie& movie, std::size_t frame) {
  const auto after =
      std::ranges::upper_bound(movie.runs, frame, {}, [](const Run& run) { return run.first_frame; });
  return static_cast<std::size_t>(after - movie.runs.begin()) - 1;
}

std::vector<double> frame_pixels(const Stimulus& stimulus, std::size_t frame) {
  if (const auto* grating = std::get_if<Grating>(&stimulus.pattern))
    return grating_pixels(stimulus, *grating, frame);
  if (const auto* sequence = std::get_if<GratingSequence>(&stimulus.pattern))
    return sequence_pixels(stimulus, *sequence, frame);
  return movie_pixels(stimulus, std::get<Movie>(stimulus.pattern), frame);
}

}  // namespace striate::lgn
