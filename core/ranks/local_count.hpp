// SPDX-License-Identifier: BSD-3-Clause
// Rows of a rank that are named by 32 bits to save memory: more than these must be refused before any is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/errors/error.hpp"

namespace striate::core {

/// Throws SystemError naming `what` when there are too many.
inline void require_local_count(std::size_t count, const char* what) {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  if (count > most)
    throw SystemError("too many {} on one rank ({}, at most {}) use more ranks", what, count, most);
}

}  // namespace striate::core
