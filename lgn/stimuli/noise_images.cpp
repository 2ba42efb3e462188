// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/noise_images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/values/draws.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::lgn {
namespace {

constexpr double gray_level = 127;

std::uint8_t level_of(double contrast) {
  return static_cast<std::uint8_t>(std::lround(gray_level * (1 + std::clamp(contrast, -1.0, 1.0))));
}

std::size_t squares_along(std::size_t pixels, double square_deg) {
  return 2 * static_cast<std::size_t>(std::ceil(static_cast<double>(pixels) / 2 / square_deg));
}

/// [pixel] the squares that it overlaps: the first, and how much of the pixel each covers.
struct Overlap {
  std::size_t first = 0;
  std::vector<double> part;
};

std::vector<Overlap> overlaps_along(std::size_t pixels, double square_deg) {
  const auto count = squares_along(pixels, square_deg);
  // Edges in pixels from the picture's edge.
  const auto edge = [&](std::size_t square) {
    return static_cast<double>(pixels) / 2 +
           (static_cast<double>(square) - static_cast<double>(count) / 2) * square_deg;
  };
  std::vector<Overlap> overlaps(pixels);
  std::size_t first = 0;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    const double low = static_cast<double>(pixel), high = low + 1;
    while (edge(first + 1) <= low) ++first;
    overlaps[pixel].first = first;
    for (auto square = first; square < count && edge(square) < high; ++square)
      overlaps[pixel].part.push_back(std::min(high, edge(square + 1)) - std::max(low, edge(square)));
  }
  return overlaps;
}

std::vector<std::int8_t> sparse_squares(core::RandomStream& random, std::size_t rows, std::size_t columns,
                                        std::size_t spacing) {
  std::vector<std::size_t> order(rows * columns);
  std::iota(order.begin(), order.end(), std::size_t{0});
  core::shuffle(random, order);
  std::vector<std::int8_t> squares(rows * columns, 0);
  std::vector<std::size_t> taken;
  for (const auto square : order) {
    const bool is_near = std::ranges::any_of(taken, [&](std::size_t other) {
      const auto distance = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
      return distance(square / columns, other / columns) <= spacing &&
             distance(square % columns, other % columns) <= spacing;
    });
    if (is_near) continue;
    taken.push_back(square);
    squares[square] = random.uniform() < 0.5 ? -1 : 1;
  }
  return squares;
}

}  // namespace

std::vector<double> square_centers(std::size_t pixels, double square_deg) {
  const auto count = squares_along(pixels, square_deg);
  std::vector<double> centers;
  for (std::size_t k = 0; k < count; ++k)
    centers.push_back((static_cast<double>(pixels) - 1) / 2 +
                      (static_cast<double>(k) + 0.5 - static_cast<double>(count) / 2) * square_deg);
  return centers;
}

std::vector<std::int8_t> noise_squares(const NoiseSet& set, std::size_t index) {
  core::RandomStream random(set.seed, core::Purpose::synthetic_image, index);
  const auto rows = squares_along(set.rows, set.square_deg),
             columns = squares_along(set.columns, set.square_deg);
  if (set.kind == NoiseKind::sparse) return sparse_squares(random, rows, columns, set.spacing);
  std::vector<std::int8_t> squares(rows * columns);
  for (auto& square : squares) square = random.uniform() < 0.5 ? -1 : 1;
  return squares;
}

std::vector<std::uint8_t> noise_pixels(const NoiseSet& set, const std::vector<std::int8_t>& squares) {
  const auto rows = overlaps_along(set.rows, set.square_deg),
             columns = overlaps_along(set.columns, set.square_deg);
  const auto square_columns = squares_along(set.columns, set.square_deg);
  std::vector<std::uint8_t> pixels;
  pixels.reserve(set.rows * set.columns);
  for (const auto& row : rows)
    for (const auto& column : columns) {
      double contrast = 0;
      for (std::size_t j = 0; j < row.part.size(); ++j)
        for (std::size_t i = 0; i < column.part.size(); ++i)
          contrast += row.part[j] * column.part[i] *
                      static_cast<double>(squares[(row.first + j) * square_columns + column.first + i]);
      pixels.push_back(level_of(contrast));
    }
  return pixels;
}

void write_noise_images(const NoiseSet& set, const std::filesystem::path& path) {
  const auto x = square_centers(set.columns, set.square_deg);
  auto y = square_centers(set.rows, set.square_deg);
  std::ranges::reverse(y);  // the top row first
  if (path.has_parent_path()) io::make_folder(path.parent_path());
  auto file = io::h5::File::create(io::incomplete_name(path));
  io::write_run_attributes(
      file, {.scheme = {},
             .seed = set.seed,
             .config_hash = io::short_hash(
                 fmt::format("{} noise {} {} {} {} {}", set.kind == NoiseKind::sparse ? "sparse" : "white",
                             set.count, set.rows, set.columns, set.square_deg, set.spacing)),
             .run_id = {}});
  const std::uint64_t images[] = {set.count, set.rows, set.columns}, grid[] = {set.count, y.size(), x.size()};
  io::h5::create_dataset<std::uint8_t>(file, "/images", images);
  io::h5::create_dataset<std::uint8_t>(file, "/noise/squares", grid);
  std::vector<std::uint8_t> levels;
  for (std::size_t k = 0; k < set.count; ++k) {
    const auto squares = noise_squares(set, k);
    levels.clear();
    for (const auto square : squares) levels.push_back(level_of(square));
    io::h5::write_rows<std::uint8_t>(file, "/noise/squares", k, levels);
    io::h5::write_rows<std::uint8_t>(file, "/images", k, noise_pixels(set, squares));
  }
  io::h5::write<double>(file, "/noise/x", x);
  io::h5::write<double>(file, "/noise/y", y);
  file.close();
  io::publish(path);
}

}  // namespace striate::lgn
