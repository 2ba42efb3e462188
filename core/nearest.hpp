// SPDX-License-Identifier: BSD-3-Clause
// "Did you mean …?": the known word most like one that is not known, by edit distance.
#pragma once

#include <span>
#include <string>

namespace striate::core {

/// The candidate most like `word`, or "" if none is near.
std::string nearest(const std::string& word, std::span<const std::string> candidates);

}  // namespace striate::core
