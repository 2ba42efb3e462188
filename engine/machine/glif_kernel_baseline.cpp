// SPDX-License-Identifier: BSD-3-Clause
// The kernels for any x86-64 or ARMv8 processor. x86-64 from before 2013 has no fused multiply-add: the C
// library computes it there, with the same result and slowly (Ports::reference needs none).
#include <cmath>

#include "engine/machine/kernel_merged.hpp"
#include "engine/machine/kernel_reference.hpp"

namespace striate::engine {
namespace {

struct Baseline {
  static constexpr std::size_t lanes = 2;
  using Real = double __attribute__((vector_size(16), aligned(8), may_alias));
  using Int = std::int64_t __attribute__((vector_size(16), aligned(8), may_alias));
  using Short = std::int16_t __attribute__((vector_size(4), aligned(2), may_alias));
  using Single = float __attribute__((vector_size(8), aligned(4), may_alias));

  [[gnu::always_inline]] static inline Real fma(const Real& a, const Real& b, const Real& c) {
    Real result{};
    for (std::size_t lane = 0; lane < lanes; ++lane) result[lane] = __builtin_fma(a[lane], b[lane], c[lane]);
    return result;
  }
  [[gnu::always_inline]] static inline Real widened(const Single& x) {
    return __builtin_convertvector(x, Real);
  }
  [[gnu::always_inline]] static inline Single single(const Real& x) {
    return __builtin_convertvector(x, Single);
  }
  [[gnu::always_inline]] static inline Int widened(const Short& x) { return __builtin_convertvector(x, Int); }
  [[gnu::always_inline]] static inline Short shortened(const Int& x) {
    return __builtin_convertvector(x, Short);
  }
  [[gnu::always_inline]] static inline bool any_lane(const Int& mask) {
    std::int64_t result = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) result |= mask[lane];
    return result != 0;
  }
};

}  // namespace

const Kernels kernels_baseline{.reference = ReferenceKernel<Baseline>::run,
                               .merged = MergedKernel<Baseline, double>::run,
                               .merged_single = MergedKernel<Baseline, float>::run};

}  // namespace striate::engine
