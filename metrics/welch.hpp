// SPDX-License-Identifier: BSD-3-Clause
// Power spectral density by averaged periodograms (Welch 1967): segments of equal length that overlap by
// half, each less its mean and under a periodic Hann window. One-sided: the integral over all frequencies is
// the variance.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace striate::metrics {

/// Frequencies 0 to sampling/2 of a segment, in the units of `sampling`.
std::vector<double> welch_frequencies(std::size_t segment, double sampling);

/// Density per unit of `sampling` at these frequencies. `segment` is even and at most the number of samples;
/// what does not fill a segment is left out.
std::vector<double> welch_density(std::span<const double> samples, std::size_t segment, double sampling);

}  // namespace striate::metrics
