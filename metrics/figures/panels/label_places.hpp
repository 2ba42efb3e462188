// SPDX-License-Identifier: BSD-3-Clause
// Names beside points, placed so that they hide neither each other nor other points as far as there is room.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace striate::metrics {

/// Lengths are units of the page (1/100 inch), y upwards.
struct NamedPoint {
  double x = 0, y = 0;
  std::string name;
};
struct LabelBox {
  double left = 0, bottom = 0, width = 0, height = 0;
  bool overlaps(const LabelBox& other) const {
    return left < other.left + other.width && other.left < left + width &&
           bottom < other.bottom + other.height && other.bottom < bottom + height;
  }
};

/// [point] Where its name goes, within `room`: right of it where that is free, else at the nearest place
/// around it that hides least. Points are served in their order.
std::vector<LabelBox> label_places(std::span<const NamedPoint> points, double font, const LabelBox& room);

}  // namespace striate::metrics
