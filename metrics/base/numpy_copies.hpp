// SPDX-License-Identifier: BSD-3-Clause
// Arrays of an HDF5 file once more in NumPy's formats, with the names, shapes and types that the reference's
// scripts load. The HDF5 file stays the one that this program reads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "io/text/npy.hpp"
#include "metrics/base/output.hpp"

namespace striate::metrics {

struct NumpyCopy {
  const char* name = "";  ///< of the dataset, and within an archive
  io::NpyType type = io::NpyType::float64;
  std::uint64_t columns = 0;  ///< the first so many of the last dimension; 0: all
  bool scalar = false;  ///< a dataset of one value becomes an array without dimensions
};

/// One array to a .npy file with its sidecar; it is never held whole. One rank calls this.
void write_npy_copy(const std::filesystem::path& array_file, const NumpyCopy& copy,
                    const std::filesystem::path& file, const Provenance& provenance);

/// Arrays to a compressed .npz archive with its sidecar. One rank calls this.
void write_npz_copies(const std::filesystem::path& array_file, std::span<const NumpyCopy> copies,
                      const std::filesystem::path& file, const Provenance& provenance);

}  // namespace striate::metrics
