// SPDX-License-Identifier: BSD-3-Clause
// The kernels for processors with AVX-512; compiled for those alone (CMakeLists.txt).
#include <immintrin.h>

#include "engine/machine/kernel_merged.hpp"
#include "engine/machine/kernel_reference.hpp"

namespace striate::engine {
namespace {

struct Avx512 {
  static constexpr std::size_t lanes = 8;
  static constexpr __mmask8 all = 0xff;  // without a mask g++ 12 warns falsely: GCC bug 105593
  using Real = double __attribute__((vector_size(64), aligned(8), may_alias));
  using Int = std::int64_t __attribute__((vector_size(64), aligned(8), may_alias));
  using Short = std::int16_t __attribute__((vector_size(16), aligned(2), may_alias));
  using Single = float __attribute__((vector_size(32), aligned(4), may_alias));

  [[gnu::always_inline]] static inline Real fma(const Real& a, const Real& b, const Real& c) {
    return Real(_mm512_fmadd_pd(__m512d(a), __m512d(b), __m512d(c)));
  }
  [[gnu::always_inline]] static inline Real widened(const Single& x) {
    return Real(_mm512_maskz_cvtps_pd(all, __m256(x)));
  }
  [[gnu::always_inline]] static inline Single single(const Real& x) {
    return Single(_mm512_maskz_cvtpd_ps(all, __m512d(x)));
  }
  [[gnu::always_inline]] static inline Int widened(const Short& x) {
    return Int(_mm512_maskz_cvtepi16_epi64(all, __m128i(x)));
  }
  [[gnu::always_inline]] static inline Short shortened(const Int& x) {
    return Short(_mm512_maskz_cvtepi64_epi16(all, __m512i(x)));
  }
  [[gnu::always_inline]] static inline bool any_lane(const Int& mask) {
    return _mm512_test_epi64_mask(__m512i(mask), __m512i(mask)) != 0;
  }
};

}  // namespace

const Kernels kernels_v4{.reference = ReferenceKernel<Avx512>::run,
                         .merged = MergedKernel<Avx512, double>::run,
                         .merged_single = MergedKernel<Avx512, float>::run};

}  // namespace striate::engine
