// SPDX-License-Identifier: BSD-3-Clause
// Vectors of eight trials, of whatever width registers have: the compiler splits them. Everything has
// internal linkage, because each including file is compiled for another instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "training/model/step_kernels.hpp"

namespace striate::training {
namespace {

template <class Real>
struct Lanes;
template <>
struct Lanes<float> {
  using Vector = float __attribute__((vector_size(32), aligned(4), may_alias));
  using Mask = std::int32_t __attribute__((vector_size(32), aligned(4), may_alias));
  using Result = float __attribute__((vector_size(32)));
};
template <>
struct Lanes<double> {
  using Vector = double __attribute__((vector_size(64), aligned(8), may_alias));
  using Mask = std::int64_t __attribute__((vector_size(64), aligned(8), may_alias));
  using Result = double __attribute__((vector_size(64)));
};

template <class Real>
using Vector = typename Lanes<Real>::Vector;
template <class Real>
using Mask = typename Lanes<Real>::Mask;

template <class Real>
[[gnu::always_inline]] inline Vector<Real> load(const Real* from) {
  return *reinterpret_cast<const Vector<Real>*>(from);
}
template <class Real>
[[gnu::always_inline]] inline void store(Real* to, const Vector<Real>& x) {
  *reinterpret_cast<Vector<Real>*>(to) = x;
}
template <class Real>
[[gnu::always_inline]] inline Vector<Real> all(Real x) {
  return x - Vector<Real>{};
}
/// x where the mask is set, else 0.
template <class Real>
[[gnu::always_inline]] inline Vector<Real> where(const Mask<Real>& mask, const Vector<Real>& x) {
  return reinterpret_cast<Vector<Real>>(mask & reinterpret_cast<Mask<Real>>(x));
}
template <class Real>
[[gnu::always_inline]] inline Vector<Real> magnitude(const Vector<Real>& x) {
  return x < Real{0} ? -x : x;
}
/// Eight integers as floating-point numbers.
template <class Real>
[[gnu::always_inline]] inline Vector<Real> from_integers(const std::int64_t* from) {
  using Integers = std::int64_t __attribute__((vector_size(64), aligned(8), may_alias));
  return __builtin_convertvector(*reinterpret_cast<const Integers*>(from), typename Lanes<Real>::Result);
}
/// A bit per lane.
template <class Real>
[[gnu::always_inline]] inline std::uint8_t bits(const Mask<Real>& mask) {
  constexpr Mask<Real> lane_bit{1, 2, 4, 8, 16, 32, 64, 128};
  Mask<Real> x = mask & lane_bit;
  x |= __builtin_shuffle(x, Mask<Real>{4, 5, 6, 7, 0, 1, 2, 3});
  x |= __builtin_shuffle(x, Mask<Real>{2, 3, 0, 1, 6, 7, 4, 5});
  x |= __builtin_shuffle(x, Mask<Real>{1, 0, 3, 2, 5, 4, 7, 6});
  return static_cast<std::uint8_t>(x[0]);
}
/// The mask whose lanes are set as the bits are.
template <class Real>
[[gnu::always_inline]] inline Mask<Real> mask_of(std::uint8_t byte) {
  constexpr Mask<Real> lane_bit{1, 2, 4, 8, 16, 32, 64, 128};
  return ((byte - Mask<Real>{}) & lane_bit) != 0;
}

}  // namespace
}  // namespace striate::training
