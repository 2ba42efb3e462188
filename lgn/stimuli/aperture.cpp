// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/aperture.hpp"

#include <cmath>
#include <numbers>

namespace striate::lgn {
namespace {

using Shape = Aperture::Shape;

/// 1 inside, 0 outside; a sharp border is inside. `beyond_deg`: distance from the border outwards.
double rim(double beyond_deg, double edge_deg) {
  if (beyond_deg <= -edge_deg / 2) return 1;
  if (beyond_deg >= edge_deg / 2) return 0;
  return (1 - std::sin(std::numbers::pi * beyond_deg / edge_deg)) / 2;
}

double bell(double distance_deg, double sigma_deg) {
  const double u = distance_deg / sigma_deg;
  return std::exp(-0.5 * u * u);
}

double outside_hole(const Aperture& a, double distance_deg) {
  return a.shape == Shape::annulus ? 1 - rim(distance_deg - a.inner_diameter_deg / 2, a.edge_deg) : 1;
}

}  // namespace

bool is_product(const Aperture& aperture) {
  return aperture.shape != Shape::disk && aperture.shape != Shape::annulus;
}

double weight_along_x(const Aperture& a, double x_deg) {
  if (a.shape == Shape::rectangle) return rim(std::abs(x_deg - a.x_deg) - a.width_deg / 2, a.edge_deg);
  return a.shape == Shape::gaussian ? bell(x_deg - a.x_deg, a.sigma_deg) : 1;
}

double weight_along_y(const Aperture& a, double y_deg) {
  if (a.shape == Shape::rectangle) return rim(std::abs(y_deg - a.y_deg) - a.height_deg / 2, a.edge_deg);
  return a.shape == Shape::gaussian ? bell(y_deg - a.y_deg, a.sigma_deg) : 1;
}

double aperture_weight(const Aperture& a, double x_deg, double y_deg) {
  double weight = 1;
  if (is_product(a)) {
    weight = weight_along_x(a, x_deg) * weight_along_y(a, y_deg);
  } else {
    const double dx = x_deg - a.x_deg, dy = y_deg - a.y_deg;
    const double distance_deg = std::sqrt(dx * dx + dy * dy);
    weight = rim(distance_deg - a.diameter_deg / 2, a.edge_deg) * outside_hole(a, distance_deg);
  }
  return a.invert ? 1 - weight : weight;
}

std::optional<double> ring_weight(const Aperture& a, double nearest_deg, double farthest_deg) {
  const double half_edge = a.edge_deg / 2, outer = a.diameter_deg / 2;
  const double inner = a.inner_diameter_deg / 2;
  std::optional<double> weight;
  // A sharp border belongs to the inside of a disk, and to the hole of an annulus.
  const bool beyond_hole = a.shape == Shape::disk || nearest_deg > inner + half_edge;
  if (beyond_hole && farthest_deg <= outer - half_edge)
    weight = 1;
  else if (nearest_deg > outer + half_edge ||
           (a.shape == Shape::annulus && farthest_deg <= inner - half_edge))
    weight = 0;
  if (weight && a.invert) weight = 1 - *weight;
  return weight;
}

}  // namespace striate::lgn
