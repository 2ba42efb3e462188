// SPDX-License-Identifier: BSD-3-Clause
// Pictures on disk: a NumPy .npy array (uint8, float32 or float64, C order) or a dataset of an HDF5 file,
// both of shape (frames, rows, columns). Opening reads only the header, so shapes are checked before memory
// is taken.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace striate::lgn {

using PixelValues = std::variant<std::vector<std::uint8_t>, std::vector<float>, std::vector<double>>;

enum class PixelType { uint8, float32, float64 };

struct PictureFile {
  std::filesystem::path path;
  std::string dataset;  ///< HDF5 path; empty for .npy
  std::uint64_t count = 0, rows = 0, columns = 0;
  PixelType type = PixelType::float64;
  bool byte_swapped = false;
  std::uint64_t data_offset = 0;  ///< .npy: bytes before the first pixel
};

/// `dataset` chooses one in an HDF5 file; without it the file must hold exactly one at its root. `why` is the
/// key that names the file. Throws MissingFileError, FormatError, ConfigError (.npz, other suffixes).
PictureFile open_pictures(const std::filesystem::path& path, const std::optional<std::string>& dataset,
                          const std::string& why);

/// Pictures [first, first + count), flattened. FormatError for NaN or infinite pixels, naming the frame.
PixelValues read_pictures(const PictureFile& file, std::uint64_t first, std::uint64_t count);

}  // namespace striate::lgn
