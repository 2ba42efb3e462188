// SPDX-License-Identifier: BSD-3-Clause
// The trainer's kernels for any x86-64 processor. Those before 2013 have no fused multiply-add: the C library
// computes it, with the same result and slowly.
#include "training/model/credit_kernel.hpp"
#include "training/model/step_kernels_body.hpp"

namespace striate::training {
namespace {

struct BaselineFloat {
  using Vector = float __attribute__((vector_size(16)));
  using Loaded = float __attribute__((vector_size(16), aligned(4), may_alias));
  using Integer = std::uint32_t __attribute__((vector_size(16)));
  using Scalar = std::uint32_t;
  using Signed = std::int32_t __attribute__((vector_size(16)));
  using Converted = std::int64_t __attribute__((vector_size(32)));
  using Wide = std::int64_t __attribute__((vector_size(32), aligned(8), may_alias));
  static Vector fma(const Vector& a, const Vector& b, const Vector& c) {
    Vector result{};
    for (std::size_t lane = 0; lane < 4; ++lane) result[lane] = __builtin_fmaf(a[lane], b[lane], c[lane]);
    return result;
  }
  static Scalar pattern(float x) { return __builtin_bit_cast(Scalar, x); }
};

struct BaselineDouble {
  using Vector = double __attribute__((vector_size(16)));
  using Loaded = double __attribute__((vector_size(16), aligned(8), may_alias));
  using Integer = std::uint64_t __attribute__((vector_size(16)));
  using Scalar = std::uint64_t;
  using Signed = std::int64_t __attribute__((vector_size(16)));
  using Converted = std::int64_t __attribute__((vector_size(16)));
  using Wide = std::int64_t __attribute__((vector_size(16), aligned(8), may_alias));
  static Vector fma(const Vector& a, const Vector& b, const Vector& c) {
    Vector result{};
    for (std::size_t lane = 0; lane < 2; ++lane) result[lane] = __builtin_fma(a[lane], b[lane], c[lane]);
    return result;
  }
  static Scalar pattern(double x) { return __builtin_bit_cast(Scalar, x); }
};

}  // namespace

const StepKernels<float> step_kernels_float_v2{.forward = forward_kernel<float>,
                                               .backward = backward_kernel<float>,
                                               .credit = credit_kernel<float, BaselineFloat>};
const StepKernels<double> step_kernels_double_v2{.forward = forward_kernel<double>,
                                                 .backward = backward_kernel<double>,
                                                 .credit = credit_kernel<double, BaselineDouble>};

}  // namespace striate::training
