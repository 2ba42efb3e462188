// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/step_kernels.hpp"

#include <type_traits>

namespace striate::training {

InstructionSet best_instruction_set() {
  if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))) return InstructionSet::x86_64_v2;
  const bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
                  __builtin_cpu_supports("avx512dq");
  return v4 ? InstructionSet::x86_64_v4 : InstructionSet::x86_64_v3;
}

template <class Real>
const StepKernels<Real>& step_kernels(InstructionSet set) {
  if constexpr (std::is_same_v<Real, float>) {
    if (set == InstructionSet::x86_64_v4) return step_kernels_float_v4;
    return set == InstructionSet::x86_64_v3 ? step_kernels_float_v3 : step_kernels_float_v2;
  } else {
    if (set == InstructionSet::x86_64_v4) return step_kernels_double_v4;
    return set == InstructionSet::x86_64_v3 ? step_kernels_double_v3 : step_kernels_double_v2;
  }
}
template const StepKernels<float>& step_kernels<float>(InstructionSet);
template const StepKernels<double>& step_kernels<double>(InstructionSet);

}  // namespace striate::training
