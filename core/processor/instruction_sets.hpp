// SPDX-License-Identifier: BSD-3-Clause
// The instruction sets that kernels are compiled for, and what differs between families of processors: one of
// instruction_sets_x86.cpp and instruction_sets_arm.cpp is compiled (CMakeLists.txt).
#pragma once

#include <cstdint>
#include <vector>

namespace striate::core {

/// The baseline is what every processor of the family has: x86-64-v2, ARMv8-A.
enum class Isa { baseline, x86_64_v3, x86_64_v4 };
/// Those this processor has, worst first; never empty.
std::vector<Isa> available_isas();
/// The last of them; found once.
Isa best_isa();
/// As people call it: "x86-64-v3 (AVX2)".
const char* name_of(Isa isa);

/// Takes numbers too small for normal representation (2e-308, in single precision 1e-38) as zero while it
/// lives. Currents and adjoints without input decay to such numbers; they move no voltage, and arithmetic on
/// them is fifty times slower.
class FlushSubnormals {
 public:
  FlushSubnormals();
  ~FlushSubnormals();
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  std::uint64_t saved_;  ///< the processor's control register of floating-point arithmetic
};

}  // namespace striate::core
