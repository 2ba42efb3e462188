// SPDX-License-Identifier: BSD-3-Clause
// The sum over outgoing synapses that carries credit from targets to sources, 97 % of a training step's
// synaptic operations. A visit reads one weight, one slot number and one window (all trials and steps of a
// block), and costs one fused multiply-add and one integer addition per register. `Fused` gives fma(a, b, c)
// for vectors of the sizes it lists; the fused operation rounds once, onto the grid that `magic` sets.
#pragma once

#include "training/model/lane_vectors.hpp"

namespace striate::training {
namespace {

/// Synapses after which 32-bit sums are emptied: 512 × 2^21 stays below 2^31.
constexpr std::uint32_t chunk = 512;

template <class Real, class Fused, std::size_t vectors>
void credit_sums(const CreditArguments<Real>& n) {
  using V = typename Fused::Vector;
  using I = typename Fused::Integer;
  using Scalar = typename Fused::Scalar;
  constexpr std::size_t width = sizeof(V) / sizeof(Real);
  for (std::size_t s = 0; s < n.segment_count; ++s) {
    const Segment& segment = n.segments[s];
    const Real magic = n.magic[segment.source];
    if (magic == Real{0}) continue;
    const V offset = magic - V{};
    std::int64_t* sums = n.sums + std::size_t{segment.source} * n.columns;
    for (std::uint32_t begin = 0; begin < segment.count; begin += chunk) {
      const std::uint32_t count = segment.count - begin < chunk ? segment.count - begin : chunk;
      const Real* weight = n.weight + segment.first + begin;
      const std::uint32_t* slot = n.slot + segment.first + begin;
      I total[vectors] = {};
      for (std::uint32_t i = 0; i < count; ++i) {
        const Real* window = n.windows + std::size_t{slot[i]} * (vectors * width);
        const V w = weight[i] - V{};
        for (std::size_t j = 0; j < vectors; ++j) {
          const V x = *reinterpret_cast<const typename Fused::Loaded*>(window + j * width);
          total[j] += reinterpret_cast<I>(Fused::fma(w, x, offset));
        }
      }
      const Scalar unwanted = static_cast<Scalar>(count) * Fused::pattern(magic);
      for (std::size_t j = 0; j < vectors; ++j) {
        auto& sum = *reinterpret_cast<typename Fused::Wide*>(sums + j * width);
        sum += __builtin_convertvector(reinterpret_cast<typename Fused::Signed>(total[j] - unwanted),
                                       typename Fused::Converted);
      }
    }
  }
}

template <class Real, class Fused>
void credit_kernel(const CreditArguments<Real>& n) {
  constexpr std::size_t width = sizeof(typename Fused::Vector) / sizeof(Real);
  switch (n.columns) {
    case 8:
      if constexpr (width <= 8) credit_sums<Real, Fused, 8 / width>(n);
      return;
    case 16:
      credit_sums<Real, Fused, 16 / width>(n);
      return;
    case 32:
      credit_sums<Real, Fused, 32 / width>(n);
      return;
    default:
      __builtin_trap();
  }
}

}  // namespace
}  // namespace striate::training
