// SPDX-License-Identifier: BSD-3-Clause
#include "core/processor/instruction_sets.hpp"
#include "engine/machine/kernel_arguments.hpp"

namespace striate::engine {

const Kernels& kernels_for(core::Isa isa) {
  switch (isa) {
    case core::Isa::x86_64_v4:
      return kernels_v4;
    case core::Isa::x86_64_v3:
      return kernels_v3;
    default:
      return kernels_baseline;
  }
}

}  // namespace striate::engine
