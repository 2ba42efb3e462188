// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/label_places.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "metrics/figures/panels/text_size.hpp"

namespace striate::metrics {
namespace {

constexpr double gap = 4;  // between a point's middle and its name
constexpr double point_size = 5;
constexpr double nothing = 1e-6;  // units squared: differences of rounded numbers
constexpr int directions = 12, distances = 10;

double hidden(const LabelBox& a, const LabelBox& b) {
  const double width = std::min(a.left + a.width, b.left + b.width) - std::max(a.left, b.left),
               height = std::min(a.bottom + a.height, b.bottom + b.height) - std::max(a.bottom, b.bottom);
  return width > 0 && height > 0 ? width * height : 0;
}

double outside(const LabelBox& box, const LabelBox& room) {
  return box.width * box.height - hidden(box, room);
}

/// A box whose nearest side or corner is `distance` from the point in this direction.
LabelBox placed(const NamedPoint& point, LabelBox box, double angle, double distance) {
  const double x = std::cos(angle), y = std::sin(angle);
  box.left = point.x + x * distance + (x - 1) / 2 * box.width;
  box.bottom = point.y + y * distance + (y - 1) / 2 * box.height;
  return box;
}

}  // namespace

std::vector<LabelBox> label_places(std::span<const NamedPoint> points, double font, const LabelBox& room) {
  std::vector<LabelBox> taken, places;
  for (const auto& point : points)
    taken.push_back({point.x - point_size / 2, point.y - point_size / 2, point_size, point_size});
  for (const auto& point : points) {
    const LabelBox size{.width = text_width(point.name, font), .height = font * 4 / 3};
    LabelBox best;
    double least = std::numeric_limits<double>::infinity();
    for (int ring = 0; ring < distances && least > 0; ++ring)
      for (int k = 0; k < directions && least > 0; ++k) {
        const auto box = placed(point, size, 2 * std::numbers::pi * k / directions, gap + 6.0 * ring);
        double cost = 4 * outside(box, room);
        for (const auto& other : taken) cost += hidden(box, other);
        if (cost < nothing) cost = 0;
        if (cost < least) {
          least = cost;
          best = box;
        }
      }
    places.push_back(best);
    taken.push_back(best);
  }
  return places;
}

}  // namespace striate::metrics
