// SPDX-License-Identifier: BSD-3-Clause
// A map of responses by place as something on the screen: where the places lie, and centre and size of what
// is found there in degrees.
#pragma once

#include <string>
#include <vector>

#include "metrics/analyses/fields/field_map.hpp"

namespace striate::metrics {

/// The middle of the screen in the coordinates of cells, from which azimuth and elevation count, as in
/// recordings.
inline constexpr double middle_x_deg = 60, middle_y_deg = 40;
inline constexpr double widest_field_deg = 100;  ///< sizes of fits beyond that are none

/// Degrees from the middle of the screen at even steps.
struct FieldAxes {
  std::vector<double> x, y;  ///< of columns, ascending; of rows, descending
  std::size_t places() const { return x.size() * y.size(); }
  bool operator==(const FieldAxes&) const = default;
};
/// Throws FormatError for fewer than three values, and for uneven steps. `name` and `where` say whose they
/// are: "x_position", " in conditions.csv".
void require_even(const std::vector<double>& axis, const std::string& name, const std::string& where);

/// Degrees; NaN where there is none.
struct FieldShape {
  double azimuth = 0, elevation = 0, area = 0;  ///< of the mask; deg, deg, deg^2
  double fit_azimuth = 0, fit_elevation = 0, width = 0, height = 0;  ///< of the Gaussian; one sd
  double on_screen = 0;  ///< 0 or 1: the Gaussian's middle lies among the places
};
FieldShape no_shape();
/// `mask` and `fit` are of one map with these axes.
FieldShape field_shape(const FieldAxes& axes, const FieldMask& mask, const FieldGaussian& fit);

}  // namespace striate::metrics
