// SPDX-License-Identifier: BSD-3-Clause
// The kernels for processors with AVX2 and FMA; compiled for those alone (CMakeLists.txt).
#include <immintrin.h>

#include "engine/kernel_merged.hpp"
#include "engine/kernel_reference.hpp"

namespace striate::engine {
namespace {

struct Avx2 {
  [[gnu::always_inline]] static inline __m256d low(const Real& a) {
    return __m256d(__builtin_shufflevector(a, a, 0, 1, 2, 3));
  }
  [[gnu::always_inline]] static inline __m256d high(const Real& a) {
    return __m256d(__builtin_shufflevector(a, a, 4, 5, 6, 7));
  }
  [[gnu::always_inline]] static inline Real fma(const Real& a, const Real& b, const Real& c) {
    return Real(__builtin_shufflevector(_mm256_fmadd_pd(low(a), low(b), low(c)),
                                        _mm256_fmadd_pd(high(a), high(b), high(c)), 0, 1, 2, 3, 4, 5, 6, 7));
  }
  [[gnu::always_inline]] static inline bool any_lane(const Int& mask) {
    const Real bits = Real(mask);
    return _mm256_movemask_pd(_mm256_or_pd(low(bits), high(bits))) != 0;
  }
};

}  // namespace

const Kernels kernels_v3{.reference = ReferenceKernel<Avx2>::run, .merged = MergedKernel<Avx2>::run};

}  // namespace striate::engine
