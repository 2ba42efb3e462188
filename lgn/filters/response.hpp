// SPDX-License-Identifier: BSD-3-Clause
// Linear responses of sub-units: kernel * drive, where the drive of a frame is the spatial kernel's weighted
// sum over its pixels and was 0 (grey) before the first frame. Three ways to the same numbers:
//   grating      the drive is a sinusoid; a table of the kernel's partial Fourier sums gives each frame at
//   once; movie        sparse matrix (sub-units x pixels) times pictures, then a finite impulse response
//   filter; held images  the same matrix, then one term per change of picture with the cumulated kernel.
// Each number is summed in an order that does not depend on which other units are computed with it.
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "lgn/filters/lgn_cells.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {

/// Drive of `units` for every picture of a movie: [unit][picture].
class PictureDrive {
 public:
  PictureDrive() = default;
  PictureDrive(std::span<const SubUnit> units, const Screen& screen, const Pictures& pictures);
  std::span<const double> of(std::size_t unit) const {
    return std::span(values_).subspan(unit * pictures_, pictures_);
  }

 private:
  std::size_t pictures_ = 0;
  std::vector<double> values_;
};

/// Phase factors of a grating that all units share.
class GratingTables {
 public:
  GratingTables() = default;
  explicit GratingTables(const Stimulus& stimulus);
  std::size_t frames() const { return frame_.size(); }
  std::span<const std::complex<double>> lag() const { return lag_; }  ///< exp(i w m dt)
  std::span<const std::complex<double>> frame() const {
    return frame_;
  }  ///< exp(-i w tau), from the first moving frame on

 private:
  std::vector<std::complex<double>> lag_, frame_;
};

/// Response of one unit (without amplitude) to a grating; y has one value per frame.
void grating_response(const SubUnit& unit, const FrameKernel& kernel, const Stimulus& stimulus,
                      const GratingTables& tables, std::span<double> y);

/// How a movie's drive is filtered in time; `automatic` takes runs when pictures are held long enough.
enum class TemporalPath { automatic, every_frame, runs };

/// Response of one unit (without amplitude) to a movie, from its drive per picture.
void movie_response(const FrameKernel& kernel, const Movie& movie, std::span<const double> picture_drive,
                    TemporalPath path, std::span<double> y);

}  // namespace striate::lgn
