// SPDX-License-Identifier: BSD-3-Clause
// The kernels for processors with AVX2 and FMA; compiled for those alone (CMakeLists.txt).
#include <immintrin.h>

#include "engine/machine/kernel_merged.hpp"
#include "engine/machine/kernel_reference.hpp"

namespace striate::engine {
namespace {

struct Avx2 {
  static constexpr std::size_t lanes = 4;
  using Real = double __attribute__((vector_size(32), aligned(8), may_alias));
  using Int = std::int64_t __attribute__((vector_size(32), aligned(8), may_alias));

  [[gnu::always_inline]] static inline Real fma(const Real& a, const Real& b, const Real& c) {
    return Real(_mm256_fmadd_pd(__m256d(a), __m256d(b), __m256d(c)));
  }
  [[gnu::always_inline]] static inline bool any_lane(const Int& mask) {
    return _mm256_movemask_pd(__m256d(mask)) != 0;
  }
};

}  // namespace

const Kernels kernels_v3{.reference = ReferenceKernel<Avx2>::run, .merged = MergedKernel<Avx2>::run};

}  // namespace striate::engine
