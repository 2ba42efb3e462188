// SPDX-License-Identifier: BSD-3-Clause
// The part of the screen where a grating is seen, as a weight from 0 to 1 for each point. Degrees from the
// first pixel, as cells' positions are. `edge_deg` is the width of a rim in which the weight falls as half a
// cosine, centred on the border, so that a disc of any edge has half its height at its diameter.
#pragma once

#include <compare>
#include <optional>

namespace striate::lgn {

struct Aperture {
  enum class Shape { none, disk, annulus, rectangle, gaussian } shape = Shape::none;
  double x_deg = 0, y_deg = 0;  ///< its middle
  double diameter_deg = 0, inner_diameter_deg = 0;  ///< of a disk, an annulus
  double width_deg = 0, height_deg = 0;  ///< of a rectangle
  double sigma_deg = 0;  ///< of a Gaussian
  double edge_deg = 0;
  bool invert = false;  ///< 1 - weight
  auto operator<=>(const Aperture&) const = default;
};

double aperture_weight(const Aperture& aperture, double x_deg, double y_deg);

/// Whether the weight, before inversion, is the product of one of x and one of y.
bool is_product(const Aperture& aperture);
/// These two, of an aperture that is such a product; 1 without an aperture.
double weight_along_x(const Aperture& aperture, double x_deg);
double weight_along_y(const Aperture& aperture, double y_deg);

/// The weight of all points between these distances from the middle of a disk or annulus, if it is the same.
std::optional<double> ring_weight(const Aperture& aperture, double nearest_deg, double farthest_deg);

}  // namespace striate::lgn
