// SPDX-License-Identifier: BSD-3-Clause
// The trainer's kernels for processors with AVX-512; compiled for those alone (CMakeLists.txt). A window of
// five trials and three steps is one register and one cache line.
#include "training/model/step_kernels_body.hpp"

namespace striate::training {

const StepKernels<float> step_kernels_v4 = kernels<float, 64>;

}  // namespace striate::training
