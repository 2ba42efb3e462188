// SPDX-License-Identifier: BSD-3-Clause
#include "core/processor/instruction_sets.hpp"

namespace striate::core {

std::vector<Isa> available_isas() {
  return {Isa::baseline};
}

Isa best_isa() {
  return Isa::baseline;
}

const char* name_of(Isa) {
  return "ARMv8-A (NEON)";
}

FlushSubnormals::FlushSubnormals() {
  constexpr std::uint64_t flush_to_zero = 1u << 24;  // of what is read and of what is computed
  asm volatile("mrs %0, fpcr" : "=r"(saved_));
  asm volatile("msr fpcr, %0" : : "r"(saved_ | flush_to_zero));
}

FlushSubnormals::~FlushSubnormals() {
  asm volatile("msr fpcr, %0" : : "r"(saved_));
}

}  // namespace striate::core
