// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <functional>

namespace striate::io::h5 {

/// Touches everything that the HDF5 library parses in a file: groups, attributes, types, indices of chunks,
/// heaps of texts, and one value of each dataset of numbers. Calls `step` before each piece that may never
/// end. What the library refuses is passed over: it is for those to tell who need it. False when links lead
/// to other files, so that this one does not tell all.
bool walk_through(const std::filesystem::path& file, const std::function<void()>& step);

}  // namespace striate::io::h5
