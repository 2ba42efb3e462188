// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/curve_sums.hpp"

#include <Eigen/Dense>
#include <algorithm>

#include "core/values/nan.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr std::size_t order = 3, powers = 2 * order + 1;  // of x; then y x^k, y^2, and the parts below 0
constexpr std::size_t products = powers, squares = products + order + 1, below = squares + 1;

/// Coefficients of x^k in P0 to P3.
constexpr double polynomials[order + 1][order + 1] = {
    {1, 0, 0, 0}, {0, 1, 0, 0}, {-0.5, 0, 1.5, 0}, {0, -1.5, 0, 2.5}};

/// Solves least squares from normal equations; r2 of the fit. False where they have no single solution.
template <int N>
bool solve(const Eigen::Matrix<double, N, N>& normal, const Eigen::Matrix<double, N, 1>& right, double n,
           double sum, double sum_of_squares, Eigen::Matrix<double, N, 1>& solution, double& r2) {
  Eigen::FullPivLU<Eigen::Matrix<double, N, N>> decomposition(normal / n);
  if (decomposition.rank() < N) return false;
  solution = decomposition.solve(right / n);
  const double total = sum_of_squares - sum * sum / n;
  const double rest = sum_of_squares - solution.dot(right);
  r2 = total > 0 ? std::clamp(1 - rest / total, 0.0, 1.0) : nan;
  return true;
}

}  // namespace

double LegendreFit::at(double x) const {
  double value = 0, power = 1;
  for (std::size_t k = 0; k <= order; ++k, power *= x)
    for (std::size_t i = 0; i <= order; ++i) value += c[i] * polynomials[i][k] * power;
  return value;
}

double PiecewiseFit::at(double x) const {
  return c + (x < 0 ? low : high) * x;
}

void CurveSums::add(std::span<double> sums, double x, double y) {
  double power = 1;
  for (std::size_t k = 0; k < powers; ++k, power *= x) {
    sums[k] += power;
    if (k <= order) sums[products + k] += power * y;
  }
  sums[squares] += y * y;
  if (x < 0) {
    const double terms[] = {1, x, x * x, x * y};
    for (std::size_t k = 0; k < std::size(terms); ++k) sums[below + k] += terms[k];
  }
}

LegendreFit CurveSums::legendre(std::span<const double> s) {
  LegendreFit fit{{nan, nan, nan, nan}, nan};
  if (s[0] < order + 2) return fit;
  Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
  Eigen::Vector4d right = Eigen::Vector4d::Zero(), solution;
  for (std::size_t i = 0; i <= order; ++i)
    for (std::size_t k = 0; k <= order; ++k) {
      right(static_cast<Eigen::Index>(i)) += polynomials[i][k] * s[products + k];
      for (std::size_t j = 0; j <= order; ++j)
        for (std::size_t l = 0; l <= order; ++l)
          normal(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) +=
              polynomials[i][k] * polynomials[j][l] * s[k + l];
    }
  if (!solve<4>(normal, right, s[0], s[products], s[squares], solution, fit.r2)) return fit;
  for (std::size_t i = 0; i <= order; ++i) fit.c[i] = solution(static_cast<Eigen::Index>(i));
  return fit;
}

PiecewiseFit CurveSums::piecewise(std::span<const double> s) {
  PiecewiseFit fit{nan, nan, nan, nan};
  if (s[0] < 3) return fit;
  const double low = s[below + 1], low2 = s[below + 2], low_y = s[below + 3], high = s[1] - low,
               high2 = s[2] - low2, high_y = s[products + 1] - low_y;
  Eigen::Matrix3d normal;
  normal << s[0], low, high, low, low2, 0, high, 0, high2;
  Eigen::Vector3d solution;
  if (!solve<3>(normal, {s[products], low_y, high_y}, s[0], s[products], s[squares], solution, fit.r2))
    return fit;
  fit.c = solution(0);
  fit.low = solution(1);
  fit.high = solution(2);
  return fit;
}

}  // namespace striate::metrics
