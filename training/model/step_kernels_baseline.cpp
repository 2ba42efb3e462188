// SPDX-License-Identifier: BSD-3-Clause
// The trainer's kernels for any processor.
#include "training/model/step_kernels_body.hpp"

namespace striate::training {

const StepKernels<float> step_kernels_baseline = kernels<float, 16>;
const StepKernels<double> step_kernels_double = kernels<double, 16>;

}  // namespace striate::training
