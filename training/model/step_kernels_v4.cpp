// SPDX-License-Identifier: BSD-3-Clause
// The trainer's kernels for processors with AVX-512; compiled for those alone (CMakeLists.txt). A window of
// five trials and three steps is one register and one cache line.
#include <immintrin.h>

#include "training/model/credit_kernel.hpp"
#include "training/model/step_kernels_body.hpp"

namespace striate::training {
namespace {

struct Avx512Float {
  using Vector = float __attribute__((vector_size(64)));
  using Loaded = float __attribute__((vector_size(64), aligned(4), may_alias));
  using Integer = std::uint32_t __attribute__((vector_size(64)));
  using Scalar = std::uint32_t;
  using Signed = std::int32_t __attribute__((vector_size(64)));
  using Converted = std::int64_t __attribute__((vector_size(128)));
  using Wide = std::int64_t __attribute__((vector_size(128), aligned(8), may_alias));
  [[gnu::always_inline]] static inline Vector fma(const Vector& a, const Vector& b, const Vector& c) {
    return _mm512_fmadd_ps(a, b, c);
  }
  static Scalar pattern(float x) { return __builtin_bit_cast(Scalar, x); }
};

/// For windows of eight columns, few trials.
struct Avx512HalfFloat {
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

struct Avx512Double {
  using Vector = double __attribute__((vector_size(64)));
  using Loaded = double __attribute__((vector_size(64), aligned(8), may_alias));
  using Integer = std::uint64_t __attribute__((vector_size(64)));
  using Scalar = std::uint64_t;
  using Signed = std::int64_t __attribute__((vector_size(64)));
  using Converted = std::int64_t __attribute__((vector_size(64)));
  using Wide = std::int64_t __attribute__((vector_size(64), aligned(8), may_alias));
  [[gnu::always_inline]] static inline Vector fma(const Vector& a, const Vector& b, const Vector& c) {
    return _mm512_fmadd_pd(a, b, c);
  }
  static Scalar pattern(double x) { return __builtin_bit_cast(Scalar, x); }
};

void float_credit(const CreditArguments<float>& n) {
  if (n.columns == 8)
    credit_kernel<float, Avx512HalfFloat>(n);
  else
    credit_kernel<float, Avx512Float>(n);
}

}  // namespace

const StepKernels<float> step_kernels_float_v4{
    .forward = forward_kernel<float>, .backward = backward_kernel<float>, .credit = float_credit};
const StepKernels<double> step_kernels_double_v4{.forward = forward_kernel<double>,
                                                 .backward = backward_kernel<double>,
                                                 .credit = credit_kernel<double, Avx512Double>};

}  // namespace striate::training
