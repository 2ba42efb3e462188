// SPDX-License-Identifier: BSD-3-Clause
// The kernels for processors with AVX-512; compiled for those alone (CMakeLists.txt).
#include <immintrin.h>

#include "engine/machine/kernel_merged.hpp"
#include "engine/machine/kernel_reference.hpp"

namespace striate::engine {
namespace {

struct Avx512 {
  static constexpr std::size_t lanes = 8;
  using Real = double __attribute__((vector_size(64), aligned(8), may_alias));
  using Int = std::int64_t __attribute__((vector_size(64), aligned(8), may_alias));

  [[gnu::always_inline]] static inline Real fma(const Real& a, const Real& b, const Real& c) {
    return Real(_mm512_fmadd_pd(__m512d(a), __m512d(b), __m512d(c)));
  }
  [[gnu::always_inline]] static inline bool any_lane(const Int& mask) {
    return _mm512_test_epi64_mask(__m512i(mask), __m512i(mask)) != 0;
  }
};

}  // namespace

const Kernels kernels_v4{.reference = ReferenceKernel<Avx512>::run, .merged = MergedKernel<Avx512>::run};

}  // namespace striate::engine
