// SPDX-License-Identifier: BSD-3-Clause
// The spatial kernel of an LGN sub-unit: a Gaussian on the pixels of a screen, product of one profile over
// the columns and one over the rows, each with sum 1. As in BMTK the Gaussian is a template drawn at the
// middle of the screen (blurred over two pixels when their number is even, cut at 4 sigma) that is moved to
// the cell by linear interpolation; what sticks out of the screen is made up for by the rest.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

#include "lgn/stimuli/screen.hpp"

namespace striate::lgn {

/// Weights of the pixels first, first + 1, … of one axis; empty when the kernel misses the screen.
struct Profile {
  std::size_t first = 0;
  std::vector<double> weight;
};

/// Profile of a Gaussian with standard deviation `sigma_deg` at `center_deg` over `count` pixels.
Profile spatial_profile(double center_deg, double sigma_deg, double pitch_deg, std::size_t count);

struct SpatialKernel {
  Profile columns, rows;
  bool on_screen() const { return !columns.weight.empty() && !rows.weight.empty(); }
};

SpatialKernel spatial_kernel(double x_deg, double y_deg, double sigma_deg, const Screen& screen);

/// Sum over a profile of weight * exp(2 pi i * cycles_per_pixel * pixel).
std::complex<double> profile_spectrum(const Profile& profile, double cycles_per_pixel);

}  // namespace striate::lgn
