// SPDX-License-Identifier: BSD-3-Clause
// Vectors of numbers: registers of an instruction set, and eight trials side by side, which the compiler
// splits where registers are smaller. Everything has internal linkage, because each including file is
// compiled for another instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/values/lanes_in_memory.hpp"
#include "training/model/step_kernels.hpp"

namespace striate::training {
namespace {

/// `bytes` bytes of numbers.
template <class Number, std::size_t bytes>
struct Packed {
  using Vector __attribute__((vector_size(bytes))) = Number;
};

/// Integers of the size of a floating-point number.
template <class Real>
struct IntegersOf;
template <>
struct IntegersOf<float> {
  using Signed = std::int32_t;
  using Unsigned = std::uint32_t;
};
template <>
struct IntegersOf<double> {
  using Signed = std::int64_t;
  using Unsigned = std::uint64_t;
};

template <class Real>
using Vector = typename Packed<Real, lanes * sizeof(Real)>::Vector;
template <class Real>
using Mask = typename Packed<typename IntegersOf<Real>::Signed, lanes * sizeof(Real)>::Vector;

template <class Real>
[[gnu::always_inline]] inline Vector<Real> load(const Real* from) {
  return core::read_lanes<Vector<Real>>(from);
}
template <class Real>
[[gnu::always_inline]] inline void store(Real* to, const Vector<Real>& x) {
  core::write_lanes(to, x);
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
  using Integers = typename Packed<std::int64_t, lanes * sizeof(std::int64_t)>::Vector;
  return __builtin_convertvector(core::read_lanes<Integers>(from), Vector<Real>);
}
/// a × b + c, rounded once. Processors without the instruction leave it to the C library: same result, slow.
template <class Real, std::size_t bytes>
[[gnu::always_inline]] inline typename Packed<Real, bytes>::Vector fused_multiply_add(
    const typename Packed<Real, bytes>::Vector& a, const typename Packed<Real, bytes>::Vector& b,
    const typename Packed<Real, bytes>::Vector& c) {
  typename Packed<Real, bytes>::Vector result{};
  for (std::size_t i = 0; i < bytes / sizeof(Real); ++i)  // becomes one instruction
    if constexpr (sizeof(Real) == sizeof(float))
      result[i] = __builtin_fmaf(a[i], b[i], c[i]);
    else
      result[i] = __builtin_fma(a[i], b[i], c[i]);
  return result;
}
/// A bit per lane.
template <class Real>
[[gnu::always_inline]] inline std::uint8_t bits(const Mask<Real>& mask) {
  constexpr Mask<Real> lane_bit{1, 2, 4, 8, 16, 32, 64, 128};
  Mask<Real> x = mask & lane_bit;
  x |= __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3);
  x |= __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5);
  x |= __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6);
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
