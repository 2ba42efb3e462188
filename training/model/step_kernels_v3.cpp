// SPDX-License-Identifier: BSD-3-Clause
// The trainer's kernels for processors with AVX2 and FMA; compiled for those alone (CMakeLists.txt).
#include "training/model/step_kernels_body.hpp"

namespace striate::training {

const StepKernels<float> step_kernels_v3 = kernels<float, 32>;

}  // namespace striate::training
