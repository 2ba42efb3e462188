// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/movie.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/errors/error.hpp"
#include "core/log.hpp"

namespace striate::lgn {
namespace {

constexpr std::uint64_t bytes_per_read = 16 << 20;
constexpr std::uint64_t bytes_reserved = std::uint64_t{1} << 30;

/// Pitch and check of one axis: only its first step enters the filters.
double axis_pitch(const std::vector<double>& range, double usual_deg, std::uint64_t count, const char* key,
                  const std::string& where) {
  if (range.empty()) return usual_deg;
  if (range.size() != count)
    throw core::ConfigError("invalid {} at {} ({} coordinates for {} pixels)", key, where, range.size(),
                            count);
  if (count < 2) return usual_deg;
  const double pitch = range[1] - range[0];
  if (!(pitch > 0) || !std::isfinite(pitch))
    throw core::ConfigError("invalid {} at {} (coordinates must rise, the first step is {})", key, where,
                            pitch);
  return pitch;
}

Stimulus empty_screen(const PictureParameters& p, const std::string& where) {
  const PictureFile& file = p.file;
  if (file.count == 0) throw core::FormatError("{} holds no frames (needed by {})", file.path, where);
  check_extent(static_cast<double>(file.count), static_cast<double>(file.rows),
               static_cast<double>(file.columns), where);
  Stimulus stimulus;
  stimulus.frame_rate_hz = p.frame_rate_hz;
  stimulus.screen = {
      .rows = file.rows,
      .columns = file.columns,
      .row_pitch_deg = axis_pitch(p.row_range, p.pitch_deg, file.rows, "row_range", where),
      .column_pitch_deg = axis_pitch(p.column_range, p.pitch_deg, file.columns, "col_range", where)};
  return stimulus;
}

template <class T>
void flip(std::vector<T>& values, std::size_t rows, std::size_t columns) {
  const std::size_t pixels = rows * columns;
  for (std::size_t start = 0; start < values.size(); start += pixels)
    for (std::size_t j = 0; j < rows / 2; ++j)
      std::swap_ranges(values.begin() + static_cast<std::ptrdiff_t>(start + j * columns),
                       values.begin() + static_cast<std::ptrdiff_t>(start + (j + 1) * columns),
                       values.begin() + static_cast<std::ptrdiff_t>(start + (rows - 1 - j) * columns));
}

/// Reads the file part by part and keeps a picture only when it differs from the one before; runs[i] tells
/// which picture frame i shows, as runs of frames.
struct DistinctPictures {
  Pictures pictures;
  std::vector<Run> runs;
};

template <class T>
DistinctPictures read_distinct(const PictureParameters& p) {
  const std::size_t pixels = p.file.rows * p.file.columns;
  std::vector<T> kept;
  // Costs memory only as far as it is filled; but a long movie of a few pictures may not fit as a whole.
  kept.reserve(std::min(p.file.count * pixels, bytes_reserved / sizeof(T)));
  DistinctPictures result;
  const std::uint64_t per_read = std::max<std::uint64_t>(1, bytes_per_read / (pixels * sizeof(T)));
  for (std::uint64_t first = 0; first < p.file.count; first += per_read) {
    const auto count = std::min(per_read, p.file.count - first);
    auto part = std::get<std::vector<T>>(read_pictures(p.file, first, count));
    if (p.flip_rows) flip(part, p.file.rows, p.file.columns);
    for (std::uint64_t k = 0; k < count; ++k) {
      const T* picture = part.data() + k * pixels;
      const bool same = !kept.empty() && std::equal(picture, picture + pixels,
                                                    kept.end() - static_cast<std::ptrdiff_t>(pixels));
      if (same) continue;
      kept.insert(kept.end(), picture, picture + pixels);
      result.runs.push_back({first + k, static_cast<std::int64_t>(result.pictures.count)});
      ++result.pictures.count;
    }
  }
  result.pictures.values = std::move(kept);
  return result;
}

DistinctPictures read_distinct_pictures(const PictureParameters& p) {
  switch (p.file.type) {
    case PixelType::uint8:
      return read_distinct<std::uint8_t>(p);
    case PixelType::float32:
      return read_distinct<float>(p);
    case PixelType::float64:
      break;
  }
  return read_distinct<double>(p);
}

struct ValueRange {
  double low, high;
};

ValueRange value_range(const Pictures& pictures) {
  return std::visit(
      [](const auto& values) {
        const auto [low, high] = std::ranges::minmax_element(values);
        return ValueRange{static_cast<double>(*low), static_cast<double>(*high)};
      },
      pictures.values);
}

bool all_whole_numbers(const Pictures& pictures) {
  return std::visit(
      [](const auto& values) {
        return std::ranges::all_of(values, [](auto value) {
          return static_cast<double>(value) == std::floor(static_cast<double>(value));
        });
      },
      pictures.values);
}

double mean_value(const Pictures& pictures) {
  return std::visit(
      [](const auto& values) {
        double sum = 0;
        for (const auto value : values) sum += static_cast<double>(value);
        return sum / static_cast<double>(std::max<std::size_t>(values.size(), 1));
      },
      pictures.values);
}

/// Values that are nowhere darker than grey look like grey levels from 0 to 1. Those beyond -1 to 1 that are
/// taken as they are: a little contrast too much may be meant (z-scored pictures), grey levels or anything as
/// large are not.
void check_raw_values(const Pictures& pictures, const ValueRange& found, const PictureFile& file,
                      const std::string& where) {
  constexpr double no_contrast = 10, bright = 0.25;
  if (found.low >= -1 && found.high <= 1) {
    if (found.low >= 0 && found.high > found.low && mean_value(pictures) > bright)
      core::log::warning(
          "pixels of {} are {} to {}, {:.2g} on average (contrast is -1 to 1, grey is 0) set "
          "\"normalize\": [0, 1] at {} if they are grey levels",
          file.path, found.low, found.high, mean_value(pictures), where);
    return;
  }
  const bool grey_levels = all_whole_numbers(pictures);
  if (grey_levels || found.low <= -no_contrast || found.high >= no_contrast)
    throw core::ConfigError("pixels of {} {} from {} to {} (contrast is -1 to 1) set \"normalize\": {} at {}",
                            file.path, grey_levels ? "are whole numbers" : "range", found.low, found.high,
                            found.low >= 0 && found.high <= 255 ? "[0, 255]" : "[black, white]", where);
  core::log::warning(
      "pixels of {} range from {} to {} (contrast is -1 to 1) set \"normalize\" at {} if this is not meant",
      file.path, found.low, found.high, where);
}

/// Sets the linear map of stored values to contrast.
void normalize(Pictures& pictures, const Normalization& rule, const PictureFile& file,
               const std::string& where) {
  const ValueRange found = value_range(pictures);
  ValueRange range{-1, 1};
  switch (rule.kind) {
    case Normalization::Kind::none:
      check_raw_values(pictures, found, file, where);
      return;
    case Normalization::Kind::range:
      range = {rule.low, rule.high};
      if (found.low < range.low || found.high > range.high)
        throw core::ConfigError("pixels of {} range from {} to {} (beyond \"normalize\": [{}, {}] at {})",
                                file.path, found.low, found.high, range.low, range.high, where);
      break;
    case Normalization::Kind::guess:
      if (found.low >= 0 && found.high <= 1)
        range = {0, 1};
      else if (found.low >= -1 && found.high <= 1)
        return;
      else if (found.low >= 0 && found.high < 256)
        range = {0, 255};
      else
        range = found;
      if (!(range.low < range.high))
        throw core::ConfigError("cannot guess how to normalize {} at {} (all its pixels are {})", file.path,
                                where, found.low);
      break;
  }
  pictures.scale = 2 / (range.high - range.low);
  pictures.offset = -(range.high + range.low) / (range.high - range.low);
}

/// Of a file with many pictures a run may show few; each that is kept costs its drive of every cell.
void keep_shown(Movie& movie, std::size_t pixels) {
  std::vector<std::int64_t> place(movie.pictures.count, -1);
  for (const Run& run : movie.runs)
    if (run.picture >= 0) place[static_cast<std::size_t>(run.picture)] = 0;
  std::visit(
      [&](auto& values) {
        std::size_t kept = 0;
        for (std::size_t k = 0; k < place.size(); ++k) {
          if (place[k] < 0) continue;
          const auto* source = values.data() + k * pixels;
          if (kept < k) std::copy(source, source + pixels, values.data() + kept * pixels);
          place[k] = static_cast<std::int64_t>(kept++);
        }
        values.resize(kept * pixels);
        values.shrink_to_fit();
        movie.pictures.count = kept;
      },
      movie.pictures.values);
  for (Run& run : movie.runs)
    if (run.picture >= 0) run.picture = place[static_cast<std::size_t>(run.picture)];
}

}  // namespace

Stimulus make_movie(const PictureParameters& p, const std::string& where) {
  Stimulus stimulus = empty_screen(p, where);
  auto read = read_distinct_pictures(p);
  normalize(read.pictures, p.normalization, p.file, where);
  stimulus.frames = p.file.count;
  stimulus.description =
      fmt::format("movie {}, {} frames of {} x {} pixels at {:.6g} Hz, {} distinct", p.file.path,
                  p.file.count, p.file.rows, p.file.columns, p.frame_rate_hz, read.pictures.count);
  show_movie(stimulus, {.pictures = std::move(read.pictures), .runs = std::move(read.runs)});
  return stimulus;
}

Stimulus make_held_images(const PictureParameters& p, const HeldImageParameters& show,
                          const std::string& where) {
  Stimulus stimulus = empty_screen(p, where);
  auto read = read_distinct_pictures(p);
  normalize(read.pictures, p.normalization, p.file, where);
  const std::size_t shown = show.order.empty() ? p.file.count : show.order.size();
  check_extent(
      p.frame_rate_hz * (show.gray_before_s + show.gray_after_s + static_cast<double>(shown) * show.image_s),
      1, 1, where);
  if (p.frame_rate_hz * show.image_s < 1)
    throw core::ConfigError("image_dur = {} ms at {} is shorter than a frame of {} Hz", show.image_s * 1000,
                            where, p.frame_rate_hz);
  Movie movie{.pictures = std::move(read.pictures), .runs = {}};
  const auto frame_at = [&](double seconds) {
    return static_cast<std::size_t>(std::llround(seconds * p.frame_rate_hz));
  };
  const Movie as_stored{.pictures = {}, .runs = std::move(read.runs)};
  if (frame_at(show.gray_before_s) > 0) movie.runs.push_back({0, -1});
  for (std::size_t k = 0; k < shown; ++k) {
    const std::int64_t image = show.order.empty() ? static_cast<std::int64_t>(k) : show.order[k];
    const auto first_frame = frame_at(show.gray_before_s + static_cast<double>(k) * show.image_s);
    if (image < 0) {
      movie.runs.push_back({first_frame, -1});
      continue;
    }
    if (static_cast<std::uint64_t>(image) >= p.file.count)
      throw core::ConfigError("image {} in \"order\" at {} does not exist ({} has {}, counted from 0)", image,
                              where, p.file.path, p.file.count);
    const auto picture = as_stored.runs[run_at(as_stored, static_cast<std::size_t>(image))].picture;
    movie.runs.push_back({first_frame, picture});
  }
  const double end_s = show.gray_before_s + static_cast<double>(shown) * show.image_s;
  movie.runs.push_back({frame_at(end_s), -1});
  // As for a grating, the last frame only marks the end of the last interval.
  stimulus.frames = frame_at(end_s + show.gray_after_s) + 1;
  stimulus.description = fmt::format("{} image{} of {:.6g} ms from {} between {:.6g} and {:.6g} ms of grey",
                                     shown, shown == 1 ? "" : "s", show.image_s * 1000, p.file.path,
                                     show.gray_before_s * 1000, show.gray_after_s * 1000);
  show_movie(stimulus, std::move(movie));
  keep_shown(std::get<Movie>(stimulus.pattern), stimulus.screen.pixels());
  return stimulus;
}

}  // namespace striate::lgn
