// SPDX-License-Identifier: BSD-3-Clause
// Power spectral density by averaged periodograms (Welch 1967): segments of equal length that overlap by
// half, each less its mean and under a periodic Hann window. One-sided: the integral over all frequencies is
// the variance.
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <unsupported/Eigen/FFT>
#include <vector>

namespace striate::metrics {

/// Frequencies 0 to sampling/2 of a segment, in the units of `sampling`.
std::vector<double> welch_frequencies(std::size_t segment, double sampling);

/// Estimates many spectra of one kind: the window and the transform's tables are made once.
class Welch {
 public:
  /// `segment` is even.
  Welch(std::size_t segment, double sampling);
  /// Density per unit of `sampling` at welch_frequencies(). At least a segment of samples; what does not fill
  /// a segment is left out.
  std::vector<double> density(std::span<const double> samples);

 private:
  double scale_;
  std::vector<double> window_, windowed_;
  std::vector<std::complex<double>> spectrum_;
  Eigen::FFT<double> transform_;
};

}  // namespace striate::metrics
