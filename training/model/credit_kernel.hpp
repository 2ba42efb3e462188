// SPDX-License-Identifier: BSD-3-Clause
// The sum over outgoing synapses that carries credit from targets to sources, 97 % of a training step's
// synaptic operations. A visit reads one weight, one slot number and one window (all trials and steps of a
// block), and costs one fused multiply-add and one integer addition per register. The fused operation rounds
// once, onto the grid that `magic` sets.
#pragma once

#include "training/model/lane_vectors.hpp"

namespace striate::training {
namespace {

/// Synapses after which 32-bit sums are emptied: 512 × 2^21 stays below 2^31.
constexpr std::uint32_t chunk = 512;

/// `bytes`: of a register.
template <class Real, std::size_t bytes, std::size_t columns>
void credit_sums(const CreditArguments<Real>& n) {
  constexpr std::size_t size = bytes < columns * sizeof(Real) ? bytes : columns * sizeof(Real);
  constexpr std::size_t width = size / sizeof(Real), vectors = columns / width;
  using V = typename Packed<Real, size>::Vector;
  using Scalar = typename IntegersOf<Real>::Unsigned;
  using I = typename Packed<Scalar, size>::Vector;
  using Signed = typename Packed<typename IntegersOf<Real>::Signed, size>::Vector;
  using Wide = typename Packed<std::int64_t, width * sizeof(std::int64_t)>::Vector;
  for (std::size_t s = 0; s < n.segment_count; ++s) {
    const Segment& segment = n.segments[s];
    const Real magic = n.magic[segment.source];
    if (magic == Real{0}) continue;
    const V offset = magic - V{};
    std::int64_t* sums = n.sums + std::size_t{segment.source} * columns;
    for (std::uint32_t begin = 0; begin < segment.count; begin += chunk) {
      const std::uint32_t count = segment.count - begin < chunk ? segment.count - begin : chunk;
      const Real* weight = n.weight + segment.first + begin;
      const std::uint32_t* slot = n.slot + segment.first + begin;
      I total[vectors] = {};
      for (std::uint32_t i = 0; i < count; ++i) {
        const Real* window = n.windows + std::size_t{slot[i]} * columns;
        const V w = weight[i] - V{};
        for (std::size_t j = 0; j < vectors; ++j) {
          const V x = core::read_lanes<V>(window + j * width);
          total[j] += reinterpret_cast<I>(fused_multiply_add<Real, size>(w, x, offset));
        }
      }
      const Scalar unwanted = static_cast<Scalar>(count) * __builtin_bit_cast(Scalar, magic);
      for (std::size_t j = 0; j < vectors; ++j) {
        const auto sum = core::read_lanes<Wide>(sums + j * width);
        core::write_lanes(
            sums + j * width,
            Wide(sum + __builtin_convertvector(reinterpret_cast<Signed>(total[j] - unwanted), Wide)));
      }
    }
  }
}

template <class Real, std::size_t bytes>
void credit_kernel(const CreditArguments<Real>& n) {
  switch (n.columns) {
    case 8:
      return credit_sums<Real, bytes, 8>(n);
    case 16:
      return credit_sums<Real, bytes, 16>(n);
    case 32:
      return credit_sums<Real, bytes, 32>(n);
    default:
      __builtin_trap();
  }
}

}  // namespace
}  // namespace striate::training
