// SPDX-License-Identifier: BSD-3-Clause
// Minima of smooth functions of a few parameters between bounds (Levenberg 1944, Marquardt 1963): steps of
// Gauss and Newton with the curvature that the caller knows (of least squares: J'J; of a likelihood: the
// information), damped until they lead downhill. Parameters that stand at a bound and push beyond it rest.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <span>
#include <vector>

namespace striate::metrics {

inline constexpr int most_parameters = 5;
using Parameters = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, most_parameters, 1>;
using Curvature = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, most_parameters, most_parameters>;

/// A function at a point.
struct LocalShape {
  double value = 0;
  Parameters gradient;
  Curvature curvature;  ///< positive semidefinite
};
using Shape = std::function<LocalShape(const Parameters& at)>;

struct Bounds {
  Parameters low, high;
};

struct Minimum {
  Parameters at;
  double value = 0;
  bool found = false;  ///< no step leads noticeably downhill any more
};

/// `start` is moved into the bounds.
Minimum minimise(const Shape& shape, Parameters start, const Bounds& bounds);
/// The lowest of those from several starts, the first of equals.
Minimum minimise(const Shape& shape, std::span<const Parameters> starts, const Bounds& bounds);

/// y = curve(x; parameters) with its derivatives by the parameters.
using Curve1 = std::function<double(double x, const Parameters& at, Parameters& derivatives)>;
/// Half the sum of the squared differences from points.
Shape least_squares(const Curve1& curve, std::span<const double> x, std::span<const double> y);

}  // namespace striate::metrics
