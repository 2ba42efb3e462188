// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/field_map.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/values/draws.hpp"
#include "core/values/nan.hpp"
#include "core/values/random.hpp"
#include "metrics/math/fits/minimise.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr int blur_radius = 4;  // of standard deviation 1
constexpr double mask_threshold = 0.5;  // standard deviations below the maximum

std::array<double, 2 * blur_radius + 1> blur_kernel() {
  std::array<double, 2 * blur_radius + 1> kernel{};
  for (int m = -blur_radius; m <= blur_radius; ++m)
    kernel[static_cast<std::size_t>(m + blur_radius)] = std::exp(-0.5 * m * m);
  const double total = std::accumulate(kernel.begin(), kernel.end(), 0.0);
  for (double& weight : kernel) weight /= total;
  return kernel;
}

/// "d c b a | a b c d | d c b a"
std::size_t mirrored(std::ptrdiff_t place, std::size_t count) {
  const auto period = static_cast<std::ptrdiff_t>(2 * count);
  auto at = place % period;
  if (at < 0) at += period;
  return static_cast<std::size_t>(at < static_cast<std::ptrdiff_t>(count) ? at : period - 1 - at);
}

bool at_edge(const FieldMap& map, std::size_t row, std::size_t column) {
  return row == 0 || column == 0 || row + 1 == map.rows || column + 1 == map.columns;
}

/// Centre and spread of the responses themselves.
FieldGaussian field_moments(const FieldMap& map) {
  const double total = std::accumulate(map.values.begin(), map.values.end(), 0.0);
  FieldGaussian moments{.amplitude = *std::ranges::max_element(map.values)};
  for (std::size_t r = 0; r < map.rows; ++r)
    for (std::size_t c = 0; c < map.columns; ++c) {
      moments.row += static_cast<double>(r) * map.at(r, c) / total;
      moments.column += static_cast<double>(c) * map.at(r, c) / total;
    }
  const auto spread = [](std::size_t count, double centre, const auto& value) {
    double sum = 0, squares = 0;
    for (std::size_t k = 0; k < count; ++k) {
      sum += value(k);
      squares += (static_cast<double>(k) - centre) * (static_cast<double>(k) - centre) * value(k);
    }
    return sum > 0 && squares > 0 ? std::sqrt(squares / sum) : 1.0;
  };
  const auto row = static_cast<std::size_t>(moments.row), column = static_cast<std::size_t>(moments.column);
  moments.sd_row = spread(map.rows, moments.row, [&](std::size_t r) { return map.at(r, column); });
  moments.sd_column = spread(map.columns, moments.column, [&](std::size_t c) { return map.at(row, c); });
  return moments;
}

/// Half the sum of squares of (amplitude, row, column, sd_row, sd_column) less the map. An offset that is
/// fitted, too, is what makes the mean difference 0, so means are taken out of differences and slopes.
Shape distance_from(const FieldMap& map, FieldOffset offset) {
  return [&map, offset](const Parameters& at) {
    const auto pixels = static_cast<Eigen::Index>(map.values.size());
    Eigen::MatrixXd slopes(pixels, at.size());
    Eigen::VectorXd errors(pixels);
    for (std::size_t r = 0, k = 0; r < map.rows; ++r)
      for (std::size_t c = 0; c < map.columns; ++c, ++k) {
        const double u = (static_cast<double>(r) - at[1]) / at[3],
                     v = (static_cast<double>(c) - at[2]) / at[4];
        const double bump = std::exp(-0.5 * (u * u + v * v));
        const auto pixel = static_cast<Eigen::Index>(k);
        slopes.row(pixel) << bump, at[0] * bump * u / at[3], at[0] * bump * v / at[4],
            at[0] * bump * u * u / at[3], at[0] * bump * v * v / at[4];
        errors[pixel] = at[0] * bump - map.values[k];
      }
    if (offset == FieldOffset::fit) {
      errors.array() -= errors.mean();
      slopes.rowwise() -= slopes.colwise().mean().eval();
    }
    LocalShape shape;
    shape.value = errors.squaredNorm() / 2;
    shape.gradient = slopes.transpose() * errors;
    shape.curvature = slopes.transpose() * slopes;
    return shape;
  };
}

constexpr FieldGaussian no_gaussian{nan, nan, nan, nan, nan, nan, false};

FieldGaussian fit_from(const FieldGaussian& start, const FieldMap& map, FieldOffset offset) {
  const double rows = static_cast<double>(map.rows), columns = static_cast<double>(map.columns);
  const double highest = 1e3 * start.amplitude, widest = 1e3 * std::max(rows, columns);
  Parameters first(5);
  Bounds bounds{.low = Parameters(5), .high = Parameters(5)};
  const double least = offset == FieldOffset::fit ? *std::ranges::min_element(map.values) : 0;
  first << start.amplitude - least, start.row, start.column, start.sd_row, start.sd_column;
  bounds.low << -highest, -rows, -columns, 0.05, 0.05;
  bounds.high << highest, 2 * rows, 2 * columns, widest, widest;
  const auto best = minimise(distance_from(map, offset), first, bounds);
  FieldGaussian fit{.amplitude = best.at[0],
                    .row = best.at[1],
                    .column = best.at[2],
                    .sd_row = best.at[3],
                    .sd_column = best.at[4],
                    .offset = 0,
                    .found = best.found};
  if (offset == FieldOffset::none) return fit;
  for (std::size_t r = 0; r < map.rows; ++r)
    for (std::size_t c = 0; c < map.columns; ++c) {
      const double u = (static_cast<double>(r) - fit.row) / fit.sd_row,
                   v = (static_cast<double>(c) - fit.column) / fit.sd_column;
      fit.offset += (map.at(r, c) - fit.amplitude * std::exp(-0.5 * (u * u + v * v)));
    }
  fit.offset /= static_cast<double>(map.values.size());
  return fit;
}

}  // namespace

FieldMap blurred(const FieldMap& map) {
  const auto kernel = blur_kernel();
  FieldMap across = map, result = map;
  const auto sum = [&](const auto& value, std::size_t place, std::size_t count) {
    double total = 0;
    for (int m = -blur_radius; m <= blur_radius; ++m)
      total += kernel[static_cast<std::size_t>(m + blur_radius)] *
               value(mirrored(static_cast<std::ptrdiff_t>(place) + m, count));
    return total;
  };
  for (std::size_t r = 0; r < map.rows; ++r)
    for (std::size_t c = 0; c < map.columns; ++c)
      across.values[r * map.columns + c] =
          sum([&](std::size_t other) { return map.at(r, other); }, c, map.columns);
  for (std::size_t r = 0; r < map.rows; ++r)
    for (std::size_t c = 0; c < map.columns; ++c)
      result.values[r * map.columns + c] =
          sum([&](std::size_t other) { return across.at(other, c); }, r, map.rows);
  return result;
}

FieldMask mask_of(const FieldMap& map) {
  const auto smooth = blurred(map);
  const auto largest = std::ranges::max_element(smooth.values);
  const double threshold = *largest - mask_threshold * deviation(smooth.values, 0);
  FieldMask mask{.inside = std::vector<bool>(map.values.size(), false)};
  std::vector<std::size_t> waiting;
  const auto take = [&](std::size_t r, std::size_t c) {
    const std::size_t pixel = r * map.columns + c;
    if (mask.inside[pixel] || !(smooth.values[pixel] > threshold)) return;
    mask.inside[pixel] = true;
    waiting.push_back(pixel);
  };
  const auto start = static_cast<std::size_t>(largest - smooth.values.begin());
  take(start / map.columns, start % map.columns);
  std::size_t edges = 0, edges_inside = 0;
  while (!waiting.empty()) {
    const auto pixel = waiting.back();
    waiting.pop_back();
    const std::size_t r = pixel / map.columns, c = pixel % map.columns;
    ++mask.pixels;
    mask.row += static_cast<double>(r);
    mask.column += static_cast<double>(c);
    if (r > 0) take(r - 1, c);
    if (c > 0) take(r, c - 1);
    if (r + 1 < map.rows) take(r + 1, c);
    if (c + 1 < map.columns) take(r, c + 1);
  }
  mask.row = mask.pixels > 0 ? mask.row / static_cast<double>(mask.pixels) : nan;
  mask.column = mask.pixels > 0 ? mask.column / static_cast<double>(mask.pixels) : nan;
  for (std::size_t r = 0; r < map.rows; ++r)
    for (std::size_t c = 0; c < map.columns; ++c)
      if (at_edge(map, r, c)) {
        ++edges;
        if (mask.inside[r * map.columns + c]) ++edges_inside;
      }
  mask.suppressive = 2 * edges_inside > edges;
  return mask;
}

FieldGaussian fit_gaussian(const FieldMap& map, FieldOffset offset) {
  if (!(std::accumulate(map.values.begin(), map.values.end(), 0.0) > 0)) return no_gaussian;
  return fit_from(field_moments(map), map, offset);
}

FieldGaussian fit_gaussian(const FieldMap& map, FieldOffset offset, const FieldMask& mask) {
  const double largest = *std::ranges::max_element(map.values);
  if (!(largest > 0) || mask.pixels == 0) return no_gaussian;
  const double sd = std::sqrt(static_cast<double>(mask.pixels) / std::numbers::pi);
  return fit_from(
      {.amplitude = largest, .row = mask.row, .column = mask.column, .sd_row = sd, .sd_column = sd}, map,
      offset);
}

FieldMap turned(const FieldMap& map) {
  FieldMap other = map;
  const double largest = *std::ranges::max_element(map.values);
  for (double& value : other.values) value = largest - value;
  return other;
}

PlaceShuffles::PlaceShuffles(std::vector<std::uint32_t> place, std::size_t places, std::size_t shuffles,
                             std::uint64_t seed)
    : place_(std::move(place)), shown_(places, 0), shuffles_(shuffles) {
  for (const auto at : place_) shown_[at] += 1;
  const std::size_t count = place_.size();
  first_.assign(shuffles * (count + 1), 0);
  places_of_.resize(shuffles * count);
  std::vector<std::uint32_t> drawn(count), next(count);
  for (std::size_t k = 0; k < shuffles; ++k) {
    core::RandomStream random(seed, core::Purpose::resampling, k);
    auto* first = &first_[k * (count + 1)];
    for (auto& from : drawn) {
      from = core::draw_index(random, static_cast<std::uint32_t>(count));
      ++first[from + 1];
    }
    for (std::size_t i = 0; i < count; ++i) first[i + 1] += first[i];
    std::copy_n(first, count, next.begin());
    for (std::size_t i = 0; i < count; ++i) places_of_[k * count + next[drawn[i]]++] = place_[i];
  }
}

PlaceShuffles::Test PlaceShuffles::test(std::span<const std::uint16_t> responses) const {
  const std::size_t count = place_.size();
  std::vector<std::uint32_t> responding;
  for (std::size_t i = 0; i < count; ++i)
    if (responses[i] > 0) responding.push_back(static_cast<std::uint32_t>(i));
  std::vector<double> sums(shown_.size());
  const auto chi2 = [&] {
    const double mean = std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(count);
    double sum = 0;
    for (std::size_t at = 0; at < sums.size(); ++at) {
      const double expected = mean * shown_[at];
      if (expected > 0) sum += (sums[at] - expected) * (sums[at] - expected) / expected;
    }
    return sum;
  };
  if (responding.empty() || shuffles_ == 0) return {nan, nan};
  for (const auto i : responding) sums[place_[i]] += responses[i];
  const double found = chi2();
  std::size_t larger = 0;
  for (std::size_t k = 0; k < shuffles_; ++k) {
    std::ranges::fill(sums, 0);
    const auto* first = &first_[k * (count + 1)];
    const auto* places = &places_of_[k * count];
    for (const auto i : responding)
      for (auto j = first[i]; j < first[i + 1]; ++j) sums[places[j]] += responses[i];
    if (chi2() > found) ++larger;
  }
  return {found, static_cast<double>(larger) / static_cast<double>(shuffles_)};
}

}  // namespace striate::metrics
