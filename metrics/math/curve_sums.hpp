// SPDX-License-Identifier: BSD-3-Clause
// Curves through many (correlation, weight) points, from plain sums: Legendre polynomials up to the third on
// [-1, 1], and two lines that meet at 0.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace striate::metrics {

struct LegendreFit {
  std::array<double, 4> c{};  ///< of P0 to P3, x as it is
  double r2 = 0;
  double at(double x) const;
};
/// c + low min(x, 0) + high max(x, 0)
struct PiecewiseFit {
  double c = 0, low = 0, high = 0, r2 = 0;
  double at(double x) const;
};

struct CurveSums {
  static constexpr std::size_t size = 16;
  static void add(std::span<double> sums, double x, double y);
  /// NaN with fewer than five points or no four different x.
  static LegendreFit legendre(std::span<const double> sums);
  /// NaN with fewer than three points or without points on both sides of 0.
  static PiecewiseFit piecewise(std::span<const double> sums);
};

}  // namespace striate::metrics
