// SPDX-License-Identifier: BSD-3-Clause
// Curves through the mean responses of a cell to the values of one variable, by least squares. NaN is what
// cannot be told: too few values, a response missing or all of them equal.
#pragma once

#include <optional>
#include <span>

#include "metrics/math/fits/minimise.hpp"

namespace striate::metrics {

/// Preferred value and the width of the curve around it, for variables that act by their logarithm (spatial
/// and temporal frequency, speed).
struct BandFit {
  double preferred = 0;
  double low = 0, high = 0;  ///< where the curve falls to half its maximum; NaN outside the values shown
};
/// `values` ascending and positive, at least four; `preferred` is the place of the preferred one. With u =
/// log2(value / the smallest): a Gaussian in u where that lies inside; at an end a exp(-b u) + c, u being the
/// distance from there, and the preferred value itself.
BandFit fit_band(std::span<const double> values, std::span<const double> responses, std::size_t preferred);

/// R(D) = r0 + ke a (sqrt(pi)/2) erf(D/a) - ki b (sqrt(pi)/2) erf(D/b), 0 < a < b, ke, ki >= 0 (Sceniak et
/// al. 1999).
struct SizeFit {
  double preferred = 0;  ///< diameter of the curve's maximum between the smallest and the largest diameter
  double suppression = 0;  ///< (maximum - at the largest diameter) / (maximum - blank)
};
/// At least five diameters, ascending. Without a response to blanks the curve's at diameter 0 stands for it.
SizeFit fit_size(std::span<const double> diameters, std::span<const double> responses,
                 std::optional<double> blank);

/// R(c) = r0 + rm c^n / (c^n + k^n) (Naka and Rushton 1966): the contrast at which the curve is half way
/// between its values at 0.9 times the smallest and 1.1 times the largest contrast. At least five contrasts
/// above 0.
double fit_half_contrast(std::span<const double> contrasts, std::span<const double> responses);

}  // namespace striate::metrics
