// SPDX-License-Identifier: BSD-3-Clause
#include "core/processor/instruction_sets.hpp"
#include "training/model/step_kernels.hpp"

namespace striate::training {

const StepKernels<float>& step_kernels_for(core::Isa) {
  return step_kernels_baseline;
}

}  // namespace striate::training
