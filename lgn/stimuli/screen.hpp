// SPDX-License-Identifier: BSD-3-Clause
// The pixels of the screen that stimuli are drawn on and cells look at.
#pragma once

#include <cstddef>

namespace striate::lgn {

/// Pixel (row j, column i) lies at (i * column_pitch_deg, j * row_pitch_deg).
struct Screen {
  std::size_t rows = 0, columns = 0;
  double row_pitch_deg = 0, column_pitch_deg = 0;
  std::size_t pixels() const { return rows * columns; }
};

}  // namespace striate::lgn
