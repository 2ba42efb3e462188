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
  using Short = std::int16_t __attribute__((vector_size(8), aligned(2), may_alias));
  using Single = float __attribute__((vector_size(16), aligned(4), may_alias));

  [[gnu::always_inline]] static inline Real fma(const Real& a, const Real& b, const Real& c) {
    return Real(_mm256_fmadd_pd(__m256d(a), __m256d(b), __m256d(c)));
  }
  [[gnu::always_inline]] static inline Real widened(const Single& x) {
    return Real(_mm256_cvtps_pd(__m128(x)));
  }
  [[gnu::always_inline]] static inline Single single(const Real& x) {
    return Single(_mm256_cvtpd_ps(__m256d(x)));
  }
  [[gnu::always_inline]] static inline Int widened(const Short& x) {
    return Int(_mm256_cvtepi16_epi64(_mm_cvtsi64_si128(std::int64_t(x))));
  }
  [[gnu::always_inline]] static inline Short shortened(const Int& x) {
    // The low two bytes of each number to the front of its half of the register.
    const __m256i low = _mm256_shuffle_epi8(__m256i(x), _mm256_set1_epi64x(0x09080100));
    const __m128i all = _mm_unpacklo_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
    return Short(_mm_cvtsi128_si64(all));
  }
  [[gnu::always_inline]] static inline bool any_lane(const Int& mask) {
    return _mm256_movemask_pd(__m256d(mask)) != 0;
  }
};

}  // namespace

const Kernels kernels_v3{.reference = ReferenceKernel<Avx2>::run,
                         .merged = MergedKernel<Avx2, double>::run,
                         .merged_single = MergedKernel<Avx2, float>::run};

}  // namespace striate::engine
