// SPDX-License-Identifier: BSD-3-Clause
// Responses to gratings one after another and through apertures, exactly and without a convolution. A wave's
// drive stays a rotating number, Im(z exp(-i w tau)) with z the spatial kernel's sum over aperture and wave.
// With the kernel's partial Fourier sums S(m) = sum over lags l < m of k(l) exp(i w l dt), a slot on the
// frames [a, b) adds
//   y(n) = Im(z exp(-i w (n - a) dt) (S(n - a + 1) - S(n - b + 1)))
// until the kernel has passed its end: from one table exp(-i w m dt) S(m + 1) for each frequency, used twice.
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "lgn/filters/lgn_cells.hpp"
#include "lgn/filters/spatial_filter.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {

/// Sums one unit's kernel with the waves of a sequence, which all units share.
class SequenceResponse {
 public:
  SequenceResponse() = default;
  /// The stimulus' pattern is a GratingSequence.
  explicit SequenceResponse(const Stimulus& stimulus);

  /// Response of a unit (without amplitude), one value per frame.
  void operator()(const SubUnit& unit, const FrameKernel& kernel, std::span<double> y);

 private:
  /// exp(2 pi i cycles pixel) times the aperture's weight along the axis.
  using Phasors = std::vector<std::complex<double>>;
  /// A wave's shape in space: what its z depends on besides contrast and phase.
  struct Pattern {
    std::size_t columns = 0, rows = 0;  ///< of phasors_: with a product's weights, else plain
    std::size_t whole_columns = 0, whole_rows = 0;  ///< without an aperture, for inversion
    Aperture aperture;
  };
  struct PlacedWave {
    std::size_t pattern = 0, frequency = 0;
    std::complex<double> factor;  ///< contrast and phase, and the phase of the slot's first tau
    std::complex<double> turned;  ///< the rotation from the slot's first frame to its end
  };
  struct PlacedSlot {
    std::size_t first_frame, end_frame;
    std::vector<PlacedWave> waves;
  };
  /// A temporal frequency: rotation per frame, and the current unit's table.
  struct Frequency {
    double rad_per_frame = 0;
    std::size_t longest_slot = 0;
    Phasors turn;  ///< exp(-i w m dt), as far as any unit needed it
    std::vector<double> re, im;  ///< exp(-i w m dt) S(m + 1)
  };

  std::complex<double> spatial_sum(const Pattern& pattern, const SpatialKernel& kernel) const;
  void fill_table(Frequency& frequency, const FrameKernel& kernel, std::size_t frames);

  Screen screen_;
  std::vector<Phasors> phasors_;
  std::vector<Pattern> patterns_;
  std::vector<PlacedSlot> slots_;
  std::vector<Frequency> frequencies_;
  std::vector<std::complex<double>> sums_;  ///< [pattern] of the current unit
};

}  // namespace striate::lgn
