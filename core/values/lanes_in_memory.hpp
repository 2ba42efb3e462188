// SPDX-License-Identifier: BSD-3-Clause
// Vectors of numbers to and from memory, where they have the alignment of one number. (As references to
// vectors Clang would take them for aligned as a whole; copied by memcpy, g++ makes halves of them, which
// cannot be read back at once.) Everything has internal linkage, because including files are compiled for
// different instruction sets.
#pragma once

namespace striate::core {
namespace {

template <class Vector>
struct [[gnu::packed, gnu::may_alias]] LanesInMemory {
  Vector lanes;
};

/// The lanes that begin at `first`.
template <class Vector, class Number>
[[gnu::always_inline]] inline Vector read_lanes(const Number* first) {
  return reinterpret_cast<const LanesInMemory<Vector>*>(first)->lanes;
}
template <class Vector, class Number>
[[gnu::always_inline]] inline void write_lanes(Number* first, const Vector& lanes) {
  reinterpret_cast<LanesInMemory<Vector>*>(first)->lanes = lanes;
}

}  // namespace
}  // namespace striate::core
