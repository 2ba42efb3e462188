// SPDX-License-Identifier: BSD-3-Clause
// Pictures of squares for receptive fields, on pixels of a degree: white noise (each square black or white)
// and sparse noise (few squares, none near another, on grey; as in the Allen Institute's locally sparse
// noise). The squares' grid is centred and covers the picture, so that the outermost may be cut off; a pixel
// that several squares share has their mean by area.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace striate::lgn {

enum class NoiseKind { sparse, white };

struct NoiseSet {
  NoiseKind kind = NoiseKind::sparse;
  std::size_t count = 0, rows = 80, columns = 120;  ///< pixels
  double square_deg = 4.65;
  std::size_t spacing = 5;  ///< sparse: squares of grey around each in all eight directions
  std::uint64_t seed = 0;
};

/// Squares along an axis of so many pixels, and the middle of each in degrees from the first pixel.
std::vector<double> square_centers(std::size_t pixels, double square_deg);

/// Of picture `index`, row by row, the top row first: -1 black, 0 grey, 1 white. Depends on nothing but the
/// seed, the index and the grid.
std::vector<std::int8_t> noise_squares(const NoiseSet& set, std::size_t index);

/// The picture's pixels as grey levels, row by row, the top row first: 0 black, 127 grey, 254 white.
std::vector<std::uint8_t> noise_pixels(const NoiseSet& set, const std::vector<std::int8_t>& squares);

/// Writes dataset "images" (count x rows x columns, uint8; to be shown with "normalize": [0, 254]) and, in
/// the group "noise", squares (count x rows x columns of squares, the same levels) and the middles of the
/// squares x and y in degrees where cells see them when the picture stands upright (y from the bottom).
void write_noise_images(const NoiseSet& set, const std::filesystem::path& path);

}  // namespace striate::lgn
