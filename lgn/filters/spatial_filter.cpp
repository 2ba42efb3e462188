// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/spatial_filter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace striate::lgn {
namespace {

/// A unit spike in the middle of `count` pixels (halved on the two middle ones when `count` is even) after a
/// Gaussian blur whose reads beyond the ends repeat the edge pixel.
class Template {
 public:
  Template(double sigma_px, std::size_t count)
      : count_(static_cast<std::int64_t>(count)),
        radius_(static_cast<std::int64_t>(4 * sigma_px + 0.5)),
        stencil_(static_cast<std::size_t>(2 * radius_ + 1)),
        low_((count_ - 1) / 2),
        high_(count_ / 2) {
    double total = 0;
    for (std::int64_t m = -radius_; m <= radius_; ++m) {
      const double u = static_cast<double>(m);
      stencil_[index(m)] = std::exp(-0.5 / (sigma_px * sigma_px) * (u * u));
      total += stencil_[index(m)];
    }
    for (double& value : stencil_) value /= total;
  }

  std::int64_t first() const { return std::max<std::int64_t>(low_ - radius_, 0); }
  std::int64_t last() const { return std::min(high_ + radius_, count_ - 1); }
  double operator()(std::int64_t pixel) const {
    if (pixel < first() || pixel > last()) return 0;
    return low_ == high_ ? blurred(low_, pixel) : 0.5 * (blurred(low_, pixel) + blurred(high_, pixel));
  }

 private:
  std::size_t index(std::int64_t m) const { return static_cast<std::size_t>(m + radius_); }
  /// What a spike at `spike` gives at `pixel`.
  double blurred(std::int64_t spike, std::int64_t pixel) const {
    const std::int64_t from = spike == 0 ? -radius_ : spike - pixel;
    const std::int64_t to = spike == count_ - 1 ? radius_ : spike - pixel;
    double sum = 0;
    for (std::int64_t m = std::max(from, -radius_); m <= std::min(to, radius_); ++m)
      sum += stencil_[index(m)];
    return sum;
  }

  std::int64_t count_, radius_;
  std::vector<double> stencil_;
  std::int64_t low_, high_;
};

}  // namespace

Profile spatial_profile(double center_deg, double sigma_deg, double pitch_deg, std::size_t count) {
  const Template shape(sigma_deg / pitch_deg, count);
  const double shift = static_cast<double>(count - 1) / 2 - center_deg / pitch_deg;  // template - screen
  const double lowest = std::floor(static_cast<double>(shape.first()) - 1 - shift);
  const double highest = std::ceil(static_cast<double>(shape.last()) + 1 - shift);
  Profile profile;
  if (!(highest >= 0) || !(lowest <= static_cast<double>(count - 1))) return profile;
  const auto begin = static_cast<std::size_t>(std::max(lowest, 0.0));
  const auto end = static_cast<std::size_t>(std::min(highest, static_cast<double>(count - 1))) + 1;
  double total = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double u = static_cast<double>(i) + shift;
    const double below = std::floor(u);
    const double part = u - below;
    const auto pixel = static_cast<std::int64_t>(below);
    const double value = (1 - part) * shape(pixel) + part * shape(pixel + 1);
    if (value == 0 && profile.weight.empty()) continue;
    if (profile.weight.empty()) profile.first = i;
    profile.weight.push_back(value);
    total += value;
  }
  while (!profile.weight.empty() && profile.weight.back() == 0) profile.weight.pop_back();
  for (double& value : profile.weight) value /= total;
  return profile;
}

SpatialKernel spatial_kernel(double x_deg, double y_deg, double sigma_deg, const Screen& screen) {
  return {.columns = spatial_profile(x_deg, sigma_deg, screen.column_pitch_deg, screen.columns),
          .rows = spatial_profile(y_deg, sigma_deg, screen.row_pitch_deg, screen.rows)};
}

std::complex<double> profile_spectrum(const Profile& profile, double cycles_per_pixel) {
  std::complex<double> sum = 0;
  for (std::size_t i = 0; i < profile.weight.size(); ++i)
    sum += std::polar(profile.weight[i],
                      2 * std::numbers::pi * cycles_per_pixel * static_cast<double>(profile.first + i));
  return sum;
}

}  // namespace striate::lgn
