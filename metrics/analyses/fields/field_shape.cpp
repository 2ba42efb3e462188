// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/field_shape.hpp"

#include <cmath>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr std::size_t fewest_places = 3;  // along an axis
constexpr double even = 1e-6;  // of the step

double step_of(const std::vector<double>& axis) {
  return axis[1] - axis[0];
}

/// Degrees at a place between rows or columns.
double degrees_at(const std::vector<double>& axis, double place) {
  return axis[0] + place * step_of(axis);
}

double size_or_nan(double degrees) {
  return degrees <= widest_field_deg ? degrees : nan;
}

bool inside(double place, std::size_t count) {
  return place >= -0.5 && place <= static_cast<double>(count) - 0.5;
}

}  // namespace

void require_even(const std::vector<double>& axis, const std::string& name, const std::string& where) {
  if (axis.size() < fewest_places)
    throw core::FormatError("{} values of {}{} (a field needs at least {} places along each axis)",
                            axis.size(), name, where, fewest_places);
  const double step = step_of(axis);
  for (std::size_t k = 1; k < axis.size(); ++k)
    if (!(std::abs(axis[k] - axis[k - 1] - step) <= even * std::abs(step)) || step == 0)
      throw core::FormatError(
          "{} {} and {}{} are not as far apart as {} and {} (places must be evenly spaced)", name,
          axis[k - 1], axis[k], where, axis[0], axis[1]);
}

FieldShape no_shape() {
  return {.azimuth = nan,
          .elevation = nan,
          .area = nan,
          .fit_azimuth = nan,
          .fit_elevation = nan,
          .width = nan,
          .height = nan,
          .on_screen = nan};
}

FieldShape field_shape(const FieldAxes& axes, const FieldMask& mask, const FieldGaussian& fit) {
  auto shape = no_shape();
  const double dx = std::abs(step_of(axes.x)), dy = std::abs(step_of(axes.y));
  shape.azimuth = degrees_at(axes.x, mask.column);
  shape.elevation = degrees_at(axes.y, mask.row);
  shape.area = static_cast<double>(mask.pixels) * dx * dy;
  if (!fit.found) return shape;
  shape.fit_azimuth = degrees_at(axes.x, fit.column);
  shape.fit_elevation = degrees_at(axes.y, fit.row);
  shape.width = size_or_nan(dx * std::abs(fit.sd_column));
  shape.height = size_or_nan(dy * std::abs(fit.sd_row));
  shape.on_screen = inside(fit.row, axes.y.size()) && inside(fit.column, axes.x.size()) ? 1 : 0;
  return shape;
}

}  // namespace striate::metrics
