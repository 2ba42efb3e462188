// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/fits/minimise.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <limits>

namespace striate::metrics {
namespace {

constexpr int most_steps = 500;
constexpr double first_damping = 1e-3, least_damping = 1e-12, most_damping = 1e12;
constexpr double smallest_gain = 1e-13;  ///< of the value, relative
constexpr int still_steps = 3;  ///< so many small gains one after the other end the search

Parameters inside(Parameters at, const Bounds& bounds) {
  return at.cwiseMax(bounds.low).cwiseMin(bounds.high);
}

/// Downhill, for parameters that do not rest at a bound; damped along each axis by its own curvature.
Parameters damped_step(const LocalShape& here, const Parameters& at, const Bounds& bounds, double damping) {
  const auto n = at.size();
  Curvature curvature = here.curvature;
  Parameters gradient = here.gradient;
  const double largest = std::max(curvature.diagonal().maxCoeff(), std::numeric_limits<double>::min());
  for (Eigen::Index i = 0; i < n; ++i) {
    const bool rests =
        (at[i] <= bounds.low[i] && gradient[i] > 0) || (at[i] >= bounds.high[i] && gradient[i] < 0);
    if (rests) {
      curvature.row(i).setZero();
      curvature.col(i).setZero();
      gradient[i] = 0;
    }
    curvature(i, i) += damping * std::max(curvature(i, i), 1e-9 * largest);
    if (rests) curvature(i, i) = 1;
  }
  return -curvature.ldlt().solve(gradient);
}

}  // namespace

Minimum minimise(const Shape& shape, Parameters start, const Bounds& bounds) {
  Minimum best{.at = inside(std::move(start), bounds)};
  auto here = shape(best.at);
  best.value = here.value;
  double damping = first_damping;
  for (int step = 0, still = 0; step < most_steps && still < still_steps; ++step) {
    const Parameters next = inside(best.at + damped_step(here, best.at, bounds, damping), bounds);
    const auto there =
        next.allFinite() ? shape(next) : LocalShape{.value = std::nan(""), .gradient = {}, .curvature = {}};
    if (!(there.value <= here.value)) {
      damping *= 4;
      best.found = damping > most_damping;
      if (best.found) break;
      continue;
    }
    const double gain = here.value - there.value;
    still = gain <= smallest_gain * std::max(std::abs(here.value), 1e-30) ? still + 1 : 0;
    damping = std::max(damping / 8, least_damping);
    best.at = next;
    best.value = there.value;
    here = there;
    best.found = still == still_steps;
  }
  return best;
}

Minimum minimise(const Shape& shape, std::span<const Parameters> starts, const Bounds& bounds) {
  Minimum best{.at = {}, .value = std::numeric_limits<double>::infinity()};
  for (const auto& start : starts)
    if (auto found = minimise(shape, start, bounds); found.value < best.value) best = std::move(found);
  return best;
}

Shape least_squares(const Curve1& curve, std::span<const double> x, std::span<const double> y) {
  return [=](const Parameters& at) {
    LocalShape shape{.gradient = Parameters::Zero(at.size()),
                     .curvature = Curvature::Zero(at.size(), at.size())};
    Parameters derivatives(at.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double error = curve(x[i], at, derivatives) - y[i];
      shape.value += error * error / 2;
      shape.gradient += error * derivatives;
      shape.curvature += derivatives * derivatives.transpose();
    }
    return shape;
  };
}

}  // namespace striate::metrics
