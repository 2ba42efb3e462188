// SPDX-License-Identifier: BSD-3-Clause
// What is on the screen, frame by frame, in contrast units (0 grey, +1 white, -1 black). Frame n is shown
// from n / frame_rate_hz on. A drifting grating stays a formula; everything else is a list of distinct
// pictures and of the runs of frames that show them, so a held image costs one picture. Grating conventions
// are BMTK's (pixel grid with both edges, grey frames that swallow the first grating frame).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lgn/stimuli/aperture.hpp"
#include "lgn/stimuli/picture_file.hpp"
#include "lgn/stimuli/screen.hpp"

namespace striate::lgn {

/// Frame n >= first_frame shows, at pixel (j, i),
/// contrast * sin(2 pi (column_cycles i + row_cycles j - temporal_hz tau) + phase_rad)
/// with tau = first_tau_s + (n - first_frame) * tau_step_s; frames before are grey.
struct Grating {
  double contrast = 1;
  double column_cycles = 0, row_cycles = 0;  ///< per pixel
  double temporal_hz = 0, phase_rad = 0;
  std::size_t first_frame = 0;
  double first_tau_s = 0, tau_step_s = 0;
};

/// One of the gratings that a slot shows together, seen through its aperture.
struct Wave {
  double contrast = 1;
  double column_cycles = 0, row_cycles = 0;  ///< per pixel
  double temporal_hz = 0, phase_rad = 0;
  Aperture aperture;
};

/// The sum of its waves in the frames from first_frame on and before end_frame, with
/// tau = first_tau_s + (n - first_frame) * tau_step_s; none: grey.
struct GratingSlot {
  std::size_t first_frame = 0, end_frame = 0;
  double first_tau_s = 0;
  std::vector<Wave> waves;
};

/// Gratings one after another, or through apertures, or several together; grey between the slots.
struct GratingSequence {
  double tau_step_s = 0;
  std::vector<GratingSlot> slots;  ///< in order of time
};

/// Pictures as stored in the file; contrast = value * scale + offset.
struct Pictures {
  PixelValues values;
  std::size_t count = 0;
  double scale = 1, offset = 0;
};

/// A run of frames that starts at `first_frame` and lasts to the start of the next run (or the end).
struct Run {
  std::size_t first_frame = 0;
  std::int64_t picture = -1;  ///< -1: grey
};

struct Movie {
  Pictures pictures;
  std::vector<Run> runs;  ///< the first starts at frame 0
};

struct Stimulus {
  std::string description;  ///< one line for the log
  Screen screen;
  double frame_rate_hz = 1000;
  std::size_t frames = 0;
  std::variant<Grating, Movie, GratingSequence> pattern;
  std::uint64_t condition = 0;  ///< names the condition, see lgn/stimuli/condition.hpp
};

enum class YDirection { down, up };

struct GratingParameters {
  double duration_s = 0;
  double row_size_deg = 0, column_size_deg = 0;
  double gray_s = 0;
  double theta_deg = 45, cycles_per_degree = 0.05, temporal_hz = 4, phase_deg = 0, contrast = 1;
  double degrees_per_pixel = 0;
  double frame_rate_hz = 1000;
  double new_row_size_deg = 0, new_column_size_deg = 0;  ///< 0: as drawn
  YDirection y_direction = YDirection::down;
};

/// A grating among others, which share GratingParameters' screen and times.
struct WaveParameters {
  double theta_deg = 45, cycles_per_degree = 0.05, temporal_hz = 4, phase_deg = 0, contrast = 1;
  Aperture aperture = {};
};

struct SlotParameters {
  double start_s = 0, shown_s = 0;
  std::vector<WaveParameters> waves = {};  ///< none: grey
};

struct FlashParameters {
  double duration_s = 0;
  std::size_t rows = 0, columns = 0;
  double on_ms = 0, off_ms = 0;
  double intensity = 1;
  double frame_rate_hz = 1000;
};

struct LoomingParameters {
  double row_size_deg = 0, column_size_deg = 0;
  /// Middle of the disc in degrees from the first pixel; none: the middle of the screen.
  std::optional<double> center_x_deg = {}, center_y_deg = {};
  double gray_s = 0.5, looming_s = 1;
  double frame_rate_hz = 1000;
};

/// Parameters must be finite and positive where a size, rate or duration is meant: lgn/stimulus_config.cpp
/// checks. These throw ConfigError naming `where` for what only shows up when they are combined.
Stimulus make_grating(const GratingParameters& parameters, const std::string& where);
/// As make_grating(), but the sum of these waves.
Stimulus make_gratings(const GratingParameters& parameters, const std::vector<WaveParameters>& waves,
                       const std::string& where);
/// Slots in order of time, from the frame nearest to their start on: that frame shows tau = 0. What lasts to
/// the end of the run includes its last frame.
Stimulus make_grating_slots(const GratingParameters& parameters, const std::vector<SlotParameters>& slots,
                            const std::string& where);
Stimulus make_flash(const FlashParameters& parameters, const std::string& where);
Stimulus make_looming(const LoomingParameters& parameters, const std::string& where);

/// Sets pattern and condition; screen, frame rate and number of frames must be set before.
void show_movie(Stimulus& stimulus, Movie movie);

/// From the first frame to the last, which ends the last interval.
double duration_ms(const Stimulus& stimulus);
/// Whether any frame differs from another.
bool changes_in_time(const Stimulus& stimulus);

/// Most frames or pixels of a frame that a stimulus may have.
inline constexpr double most_frames = 1e8;
inline constexpr double most_pixels = 1e8;

/// frame_rate * seconds, rounded up to whole frames but for rounding error: 1000 * 2.007 are 2007 frames.
std::size_t frames_covering(double frame_rate_hz, double seconds);

/// Distance of pixels whose first and last lie on the edges of the screen.
double edge_to_edge_pitch(double size_deg, std::size_t pixels);
/// How many pixels of about this pitch: at least 2, else ConfigError naming the key.
std::size_t whole_pixels(double size_deg, double pitch_deg, const char* key, const std::string& where);

/// Throws ConfigError when a stimulus would have no or too many frames or pixels.
void check_extent(double frames, double rows, double columns, const std::string& where);

/// The contrast of all pixels of one frame, row by row: the plain definition that faster paths are tested
/// with, also drawn by `striate plot stimulus`.
std::vector<double> frame_pixels(const Stimulus& stimulus, std::size_t frame);

/// Index into movie.runs of the run that shows `frame`.
std::size_t run_at(const Movie& movie, std::size_t frame);

}  // namespace striate::lgn
