// SPDX-License-Identifier: BSD-3-Clause
// Numbers that describe a cell's responses to stimuli, from counts, times of spikes and rates. NaN is what
// cannot be told.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace striate::metrics {

/// 1 - 2 (mean - least) / (largest - least), 0 where all are equal: the limit for many thresholds of the
/// measure of Quian Quiroga et al. 2007.
double threshold_selectivity(std::span<const double> responses);

/// Variance (divisor n) over mean; NaN without spikes.
double fano_factor(std::span<const double> counts);

/// Modulation of spikes at one frequency: the sum of exp(-i 2 pi f t) over spikes, so that 2 |sum| / spikes
/// is the first harmonic over the mean rate (F1/F0).
struct Harmonic {
  std::complex<double> sum;
  std::uint64_t spikes = 0;
  void add(double cycles);  ///< f t
  void add(const Harmonic& other);
  double relative() const;  ///< NaN without spikes
};

/// Power of a train of spikes at the first frequency that is not below `frequency`: |P - mean of P| over the
/// standard deviation of P, P being Welch's density (segments of 1024 samples, or one of all where there are
/// fewer) of `counts` in bins of 1 ms. As in Matteucci et al. 2019. NaN without spikes or beyond 500 Hz.
double modulation_index(std::span<const double> counts, double frequency_hz);

}  // namespace striate::metrics
