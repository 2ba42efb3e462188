// SPDX-License-Identifier: BSD-3-Clause
// Results that are shown together must be of one run.
#pragma once

#include <filesystem>

namespace striate::io {

/// Throws FormatError for results that say that they are of another run or network than `result`. What says
/// nothing (other programs' files, tables of text) is taken as it is.
void require_same_run(const std::filesystem::path& result, const std::filesystem::path& other);

}  // namespace striate::io
