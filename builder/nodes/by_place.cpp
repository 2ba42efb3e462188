// SPDX-License-Identifier: BSD-3-Clause
#include "builder/nodes/by_place.hpp"

#include <algorithm>
#include <cmath>

namespace striate::builder {
namespace {

constexpr double square_um = 40;

/// Number of a square across the sheet; those beyond 1.3 m fall into the last.
std::uint32_t square_of(double position_um) {
  constexpr double middle = 1 << 15;
  return static_cast<std::uint32_t>(
      std::clamp(middle + std::floor(position_um / square_um), 0.0, 2 * middle - 1));
}

/// The 16 low bits, each followed by a zero.
std::uint32_t spread(std::uint32_t bits) {
  bits = (bits | bits << 8) & 0x00ff00ffu;
  bits = (bits | bits << 4) & 0x0f0f0f0fu;
  bits = (bits | bits << 2) & 0x33333333u;
  return (bits | bits << 1) & 0x55555555u;
}

}  // namespace

std::vector<std::uint32_t> by_place(const V1Nodes& nodes, std::span<const std::uint32_t> cells) {
  struct Place {
    std::uint32_t square, cell;
    auto operator<=>(const Place&) const = default;
  };
  std::vector<Place> places;
  places.reserve(cells.size());
  for (const auto cell : cells)
    places.push_back({spread(square_of(nodes.x[cell])) | spread(square_of(nodes.z[cell])) << 1, cell});
  std::ranges::sort(places);
  std::vector<std::uint32_t> ordered;
  ordered.reserve(places.size());
  for (const auto& place : places) ordered.push_back(place.cell);
  return ordered;
}

}  // namespace striate::builder
