// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/step_kernels.hpp"

#include "core/processor/instruction_sets.hpp"

namespace striate::training {

template <>
const StepKernels<float>& step_kernels<float>() {
  return step_kernels_for(core::best_isa());
}
template <>
const StepKernels<double>& step_kernels<double>() {
  return step_kernels_double;
}

}  // namespace striate::training
