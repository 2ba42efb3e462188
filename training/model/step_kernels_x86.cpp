// SPDX-License-Identifier: BSD-3-Clause
#include "core/processor/instruction_sets.hpp"
#include "training/model/step_kernels.hpp"

namespace striate::training {

const StepKernels<float>& step_kernels_for(core::Isa isa) {
  switch (isa) {
    case core::Isa::x86_64_v4:
      return step_kernels_v4;
    case core::Isa::x86_64_v3:
      return step_kernels_v3;
    default:
      return step_kernels_baseline;
  }
}

}  // namespace striate::training
