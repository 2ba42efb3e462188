// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/gaussian_cells.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace striate::builder {
namespace {

/// 2^(-y): exponent bits and the cubic Chebyshev interpolant of the fraction (within 1e-4), raised by 0.2 %.
inline float exp_upper(float x) {
  const float y = std::min(x * 1.44269504f, 119.0f);
  const auto whole = static_cast<std::int32_t>(y);
  const float f = y - static_cast<float>(whole);  // 2^-f, f in [0, 1)
  const float polynomial = 0.99994274f + f * (-0.69130643f + f * (0.23079746f + f * -0.03948363f));
  const float scale = std::bit_cast<float>((127 - whole) << 23);
  return polynomial * scale * 1.002f;
}

inline float exponent_of(float dx, float dy, float cs, float sn, float ia, float ib, float h) {
  const float a = (cs * dx + sn * dy) * ia, b = (cs * dy - sn * dx) * ib;
  const float q = 0.5f * (a * a + b * b);
  // Gradient of q times the half width, both directions at their worst.
  const float gx = a * cs * ia - b * sn * ib, gy = a * sn * ia + b * cs * ib;
  const float slack = h * (std::abs(gx) + std::abs(gy));
  return std::max(0.0f, q * (1 - 4e-6f) - slack * (1 + 1e-5f) - 1e-5f);
}

void exponents_of(const Gaussian2d& g, const CellGrid& cells, std::size_t first, std::size_t end,
                  std::vector<float>& exponent) {
  const auto x0 = static_cast<float>(g.centre_x), y0 = static_cast<float>(g.centre_y);
  const auto cs = static_cast<float>(g.cos), sn = static_cast<float>(g.sin);
  const auto ia = static_cast<float>(1 / g.sigma_along), ib = static_cast<float>(1 / g.sigma_across);
  const float h = cells.half_width;
  const float* x = cells.x.data();
  const float* y = cells.y.data();
  float* out = exponent.data();
  for (std::size_t c = first; c < end; ++c) out[c] = exponent_of(x[c] - x0, y[c] - y0, cs, sn, ia, ib, h);
}

}  // namespace

float exp_minus_upper(float x) {
  return exp_upper(x);
}

void bound_exponent(const Gaussian2d& gaussian, const CellGrid& cells, std::vector<float>& exponent) {
  exponent.resize(cells.size());
  exponents_of(gaussian, cells, 0, cells.size(), exponent);
}

void bound_gaussian(const Gaussian2d& gaussian, const CellGrid& cells, std::vector<float>& bound) {
  bound.resize(cells.size());
  bound_gaussian(gaussian, cells, 0, cells.size(), bound);
}

void bound_gaussian(const Gaussian2d& gaussian, const CellGrid& cells, std::size_t first, std::size_t end,
                    std::vector<float>& bound) {
  exponents_of(gaussian, cells, first, end, bound);
  float* out = bound.data();
  for (std::size_t c = first; c < end; ++c) out[c] = exp_upper(out[c]);
}

}  // namespace striate::builder
