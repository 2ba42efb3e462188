// SPDX-License-Identifier: BSD-3-Clause
// Rates for many drifting gratings that differ only in direction and phase: what of a cell's response does
// not depend on these (the growing Fourier sums of its temporal kernels) is computed once. The same rates as
// RateModel gives, in single precision, at a hundredth of the cost for each further grating.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "lgn/filters/lgn_cells.hpp"
#include "lgn/filters/spatial_filter.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {

class GratingSeries {
 public:
  /// Of `chosen` cells, at the first `frames` frames of gratings like `parameters`.
  GratingSeries(const Cells& cells, std::span<const std::uint32_t> chosen,
                const GratingParameters& parameters, std::size_t frames);

  Grating grating(double direction_deg, double phase_deg) const;
  /// Rates in Hz of chosen cell number `position` for one of these gratings, one per frame.
  void rates(std::size_t position, const Grating& grating, std::span<float> rates_hz) const;
  /// For a gray screen.
  float gray_rate(std::size_t position) const;

 private:
  struct Unit {
    float amplitude, baseline_hz;
    SpatialKernel space;
  };
  GratingParameters parameters_;
  std::size_t frames_;
  std::vector<std::size_t> first_unit_;  ///< [position + 1]
  std::vector<Unit> units_;
  std::vector<float> re_, im_;  ///< [unit][frame], response to a grating of amplitude 1 and i
};

}  // namespace striate::lgn
