// SPDX-License-Identifier: BSD-3-Clause
// The temporal kernel of an LGN sub-unit: a positive and a negative raised-cosine bump in logarithmic time
// (Pillow et al. 2008, Nature 454, doi:10.1038/nature07140; Dai et al. 2020, BMTK, doi:10.1371/
// journal.pcbi.1008386), sampled every millisecond, each of unit L2 norm times its weight. Values are in Hz
// per unit of contrast and frame at 1000 Hz. The details (first sample at 1 ms, fixed bump width, delays cut
// to whole milliseconds) are BMTK's and are kept: they change rates.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace striate::lgn {

struct TemporalParameters {
  double weight[2] = {0, 0};
  double kpeak_ms[2] = {0, 0};
  double delay_ms[2] = {0, 0};
};

/// What keeps the parameters from making a kernel, or "" when they do (kpeak rising, weight 0 positive, …).
std::string temporal_problem(const TemporalParameters& parameters);

/// k[l] at lag l ms; 600 + trunc(delay_0) samples. The parameters must have no temporal_problem().
std::vector<double> temporal_kernel(const TemporalParameters& parameters);

/// The first lobe of a kernel: its sum and the lag at which the kernel turns negative.
struct PositiveLobe {
  bool found = false;  ///< false when the kernel does not turn negative between its maximum and minimum
  std::size_t crossing_ms = 0;
  double sum = 0;
};
PositiveLobe positive_lobe(std::span<const double> kernel);

/// A kernel on the frames of a stimulus: taps[j] weighs the frame `first + j` before. Leading and trailing
/// zeros are dropped.
struct FrameKernel {
  std::size_t first = 0;
  std::vector<double> taps;
  std::size_t lags() const { return first + taps.size(); }
};

/// Linear interpolation of a 1 ms kernel at multiples of the frame interval, times 1000 / frame_rate_hz, so
/// that responses do not depend on the frame rate; an exact copy at 1000 Hz.
FrameKernel frame_kernel(std::span<const double> kernel, double frame_rate_hz);

}  // namespace striate::lgn
