// SPDX-License-Identifier: BSD-3-Clause
// Takes numbers too small for normal representation as zero while it lives: currents and adjoints without
// input decay to such numbers, they move nothing, and arithmetic on them is fifty times slower.
#pragma once

#include <xmmintrin.h>

namespace striate::training {

class FlushSubnormals {
 public:
  FlushSubnormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | flush_to_zero | subnormals_are_zero); }
  ~FlushSubnormals() { _mm_setcsr(saved_); }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  static constexpr unsigned flush_to_zero = 0x8000, subnormals_are_zero = 0x0040;
  unsigned saved_;
};

}  // namespace striate::training
