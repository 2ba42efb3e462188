// SPDX-License-Identifier: BSD-3-Clause
#include "core/processor/instruction_sets.hpp"
#include "engine/machine/kernel_arguments.hpp"

namespace striate::engine {

const Kernels& kernels_for(core::Isa) {
  return kernels_baseline;
}

}  // namespace striate::engine
