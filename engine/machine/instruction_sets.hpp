// SPDX-License-Identifier: BSD-3-Clause
// The instruction sets that the kernels are compiled for, and what differs between families of processors:
// one of instruction_sets_x86.cpp and instruction_sets_arm.cpp is compiled (CMakeLists.txt).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/machine/kernel_arguments.hpp"

namespace striate::engine {

/// The baseline is what every processor of the family has: x86-64-v2, ARMv8-A.
enum class Isa { baseline, x86_64_v3, x86_64_v4 };
/// Those this processor has, worst first; never empty.
std::vector<Isa> available_isas();
/// The last of them; found once.
Isa best_isa();
/// As people call it: "x86-64-v3 (AVX2)".
const char* name_of(Isa isa);
const Kernels& kernels_for(Isa isa);

/// Takes numbers below 2e-308 as zero while it lives. Synapses without input decay to such numbers within a
/// second; they move no voltage, and arithmetic on them is fifty times slower.
class FlushSubnormals {
 public:
  FlushSubnormals();
  ~FlushSubnormals();
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  std::uint64_t saved_;  ///< the processor's control register of floating-point arithmetic
};

}  // namespace striate::engine
