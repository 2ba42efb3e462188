// SPDX-License-Identifier: BSD-3-Clause
// The trainer's kernels for processors with AVX2 and FMA; compiled for those alone (CMakeLists.txt).
#include <immintrin.h>

#include "training/model/credit_kernel.hpp"
#include "training/model/step_kernels_body.hpp"

namespace striate::training {
namespace {

struct Avx2Float {
  using Vector = float __attribute__((vector_size(32)));
  using Loaded = float __attribute__((vector_size(32), aligned(4), may_alias));
  using Integer = std::uint32_t __attribute__((vector_size(32)));
  using Scalar = std::uint32_t;
  using Signed = std::int32_t __attribute__((vector_size(32)));
  using Converted = std::int64_t __attribute__((vector_size(64)));
  using Wide = std::int64_t __attribute__((vector_size(64), aligned(8), may_alias));
  [[gnu::always_inline]] static inline Vector fma(const Vector& a, const Vector& b, const Vector& c) {
    return _mm256_fmadd_ps(a, b, c);
  }
  static Scalar pattern(float x) { return __builtin_bit_cast(Scalar, x); }
};

struct Avx2Double {
  using Vector = double __attribute__((vector_size(32)));
  using Loaded = double __attribute__((vector_size(32), aligned(8), may_alias));
  using Integer = std::uint64_t __attribute__((vector_size(32)));
  using Scalar = std::uint64_t;
  using Signed = std::int64_t __attribute__((vector_size(32)));
  using Converted = std::int64_t __attribute__((vector_size(32)));
  using Wide = std::int64_t __attribute__((vector_size(32), aligned(8), may_alias));
  [[gnu::always_inline]] static inline Vector fma(const Vector& a, const Vector& b, const Vector& c) {
    return _mm256_fmadd_pd(a, b, c);
  }
  static Scalar pattern(double x) { return __builtin_bit_cast(Scalar, x); }
};

}  // namespace

const StepKernels<float> step_kernels_float_v3{.forward = forward_kernel<float>,
                                               .backward = backward_kernel<float>,
                                               .credit = credit_kernel<float, Avx2Float>};
const StepKernels<double> step_kernels_double_v3{.forward = forward_kernel<double>,
                                                 .backward = backward_kernel<double>,
                                                 .credit = credit_kernel<double, Avx2Double>};

}  // namespace striate::training
