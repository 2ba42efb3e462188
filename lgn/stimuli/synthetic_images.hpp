// SPDX-License-Identifier: BSD-3-Clause
// Pictures with the spectrum of natural scenes and no content: Gaussian noise whose amplitude falls as 1/f
// (Field 1987, J. Opt. Soc. Am. A 4:2379, doi:10.1364/JOSAA.4.002379), for tests and trials without data of
// others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace striate::lgn {

struct ImageSet {
  std::size_t count = 118, rows = 80, columns = 120;  ///< pixels; the LGN model has one a degree
  std::uint64_t seed = 0;
};

/// Contrast of the pixels of picture `index`, row by row: mean 0, standard deviation 1/3, cut at -1 and 1
/// (the 0.3 % beyond). Depends on nothing but the seed, the index and the size; left and right, top and
/// bottom fit together.
std::vector<float> synthetic_image(const ImageSet& set, std::size_t index);

/// Writes the set as dataset "images" (count x rows x columns, float32) of an HDF5 file.
void write_synthetic_images(const ImageSet& set, const std::filesystem::path& path);

}  // namespace striate::lgn
