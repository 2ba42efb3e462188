// SPDX-License-Identifier: BSD-3-Clause
// Upper bounds of an anisotropic Gaussian over the square cells of a grid: what exact sampling by thinning
// needs. The exponent is a convex quadratic form, so its tangent at a cell's centre bounds it from below over
// the whole cell. Bounds are a little generous (single precision, polynomial exponential) and never below the
// truth, however small that is.
#pragma once

#include <cstdint>
#include <vector>

namespace striate::builder {

/// exp(-(a^2 + b^2) / 2), a and b the coordinates along and across `cos, sin` from the centre, over their
/// sigmas.
struct Gaussian2d {
  double centre_x, centre_y;
  double cos, sin;
  double sigma_along, sigma_across;
};

/// Centres of equal square cells.
struct CellGrid {
  std::vector<float> x, y;
  float half_width = 0;
  std::size_t size() const { return x.size(); }
};

/// bound[c] >= the Gaussian anywhere in cell c.
void bound_gaussian(const Gaussian2d& gaussian, const CellGrid& cells, std::vector<float>& bound);
/// The same for the cells from `first` to before `end`; `bound` has room for all and keeps the others.
void bound_gaussian(const Gaussian2d& gaussian, const CellGrid& cells, std::size_t first, std::size_t end,
                    std::vector<float>& bound);

/// exponent[c] <= (a^2 + b^2) / 2 anywhere in cell c, not below 0.
void bound_exponent(const Gaussian2d& gaussian, const CellGrid& cells, std::vector<float>& exponent);

/// At least exp(-x) for x >= 0, within 0.3 %; not below 1e-36.
float exp_minus_upper(float x);

}  // namespace striate::builder
