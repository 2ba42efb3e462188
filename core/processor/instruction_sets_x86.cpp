// SPDX-License-Identifier: BSD-3-Clause
#include <xmmintrin.h>

#include "core/processor/instruction_sets.hpp"

namespace striate::core {

std::vector<Isa> available_isas() {
  std::vector<Isa> isas{Isa::baseline};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) isas.push_back(Isa::x86_64_v3);
  if (isas.size() == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512dq"))
    isas.push_back(Isa::x86_64_v4);
  return isas;
}

Isa best_isa() {
  static const Isa best = available_isas().back();
  return best;
}

const char* name_of(Isa isa) {
  switch (isa) {
    case Isa::x86_64_v4:
      return "x86-64-v4 (AVX-512)";
    case Isa::x86_64_v3:
      return "x86-64-v3 (AVX2)";
    default:
      return "x86-64-v2 (SSE4.2)";
  }
}

FlushSubnormals::FlushSubnormals() : saved_(_mm_getcsr()) {
  constexpr unsigned flush_to_zero = 0x8000, subnormals_are_zero = 0x0040;
  _mm_setcsr(static_cast<unsigned>(saved_) | flush_to_zero | subnormals_are_zero);
}

FlushSubnormals::~FlushSubnormals() {
  _mm_setcsr(static_cast<unsigned>(saved_));
}

}  // namespace striate::core
