// SPDX-License-Identifier: BSD-3-Clause
// NumPy's .npy files: a header that is the text of a Python dictionary, then the values in C order
// (numpy/lib/format.py describes versions 1 to 3). Opening reads only the header, so shapes and sizes are
// checked before memory is taken.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace striate::io {

struct NpyFile {
  std::filesystem::path path;
  char kind = 'f';  ///< NumPy's letter: f floating, i signed, u unsigned, b bool
  std::size_t item_bytes = 8;
  bool byte_swapped = false;
  std::vector<std::uint64_t> shape;
  std::uint64_t data_offset = 0;

  bool holds(char wanted_kind, std::size_t wanted_bytes) const {
    return kind == wanted_kind && item_bytes == wanted_bytes;
  }
};

/// Throws FormatError for what is no .npy file, damaged, truncated, in Fortran order or of another type than
/// numbers.
NpyFile open_npy(const std::filesystem::path& path);

/// Items [first, first + count) of the flattened array. T must be what the file holds.
template <class T>
std::vector<T> read_npy(const NpyFile& file, std::uint64_t first, std::uint64_t count);

extern template std::vector<std::uint8_t> read_npy(const NpyFile&, std::uint64_t, std::uint64_t);
extern template std::vector<float> read_npy(const NpyFile&, std::uint64_t, std::uint64_t);
extern template std::vector<double> read_npy(const NpyFile&, std::uint64_t, std::uint64_t);

/// The types in which arrays are written.
enum class NpyType { float16, float64, int16, int64 };
/// All that comes before the values in a file of this shape.
std::string npy_header(NpyType type, const std::vector<std::uint64_t>& shape);
/// The values as they stand in the file. float16 is rounded to the nearest, as NumPy does. Throws FormatError
/// for a value that an integer type cannot hold.
std::string npy_values(NpyType type, std::span<const double> values);

/// What numpy.save writes of an array of float64 or int64. `values` has the product of `shape` items.
std::string npy_bytes(std::span<const double> values, const std::vector<std::uint64_t>& shape);
std::string npy_bytes(std::span<const std::int64_t> values, const std::vector<std::uint64_t>& shape);

}  // namespace striate::io
