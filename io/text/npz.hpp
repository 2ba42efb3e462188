// SPDX-License-Identifier: BSD-3-Clause
// NumPy's .npz archives: a ZIP file with one .npy file for each array, compressed (what
// numpy.savez_compressed writes and numpy.load reads; APPNOTE 6.3 describes the container).
#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace striate::io {

struct NpzArray {
  std::string name;  ///< as numpy.load(file)[name] finds it
  std::string bytes;  ///< of npy_bytes()
};

/// Appears under its name when complete. Throws SystemError for arrays of 4 GiB, which the plain container
/// cannot hold.
void write_npz(const std::filesystem::path& file, std::span<const NpzArray> arrays);

}  // namespace striate::io
