// SPDX-License-Identifier: BSD-3-Clause
// The shape of a receptive field given as a matrix of responses by place: where it is, how large, a Gaussian
// through it, and whether there is any. Places are rows and columns of the matrix, from 0. As AllenSDK
// computes it for the recordings' tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace striate::metrics {

struct FieldMap {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;  ///< row after row
  double at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
};

/// Gaussian blur with standard deviation 1 pixel, cut at 4; beyond the edges the matrix is mirrored, the edge
/// pixel twice.
FieldMap blurred(const FieldMap& map);

/// The pixels above the maximum less half a standard deviation (divisor n) of the blurred map that hang
/// together, by their sides, with its largest one.
struct FieldMask {
  std::vector<bool> inside;  ///< [row * columns + column]
  double row = 0, column = 0;  ///< centre of mass
  std::size_t pixels = 0;
  bool suppressive = false;  ///< more than half of the pixels at the edges are inside
};
FieldMask mask_of(const FieldMap& map);

/// a exp(-((r - row)^2 / 2 sd_row^2 + (c - column)^2 / 2 sd_column^2)) + offset by least squares.
struct FieldGaussian {
  double amplitude = 0, row = 0, column = 0, sd_row = 0, sd_column = 0;
  double offset = 0;
  bool found = false;
};
enum class FieldOffset { none, fit };
/// Started from the moments of the map. NaN, not found, without any response.
FieldGaussian fit_gaussian(const FieldMap& map, FieldOffset offset);
/// Started at the mask, for maps that are negative in places. NaN, not found, where nothing is positive.
FieldGaussian fit_gaussian(const FieldMap& map, FieldOffset offset, const FieldMask& mask);

/// The field of responses that fall where it is: turned over where it is suppressive.
FieldMap turned(const FieldMap& map);

/// Resamplings of presentations with repetition, the same for all cells: which presentation's response goes
/// to which place.
class PlaceShuffles {
 public:
  /// place[presentation], below `places`.
  PlaceShuffles(std::vector<std::uint32_t> place, std::size_t places, std::size_t shuffles,
                std::uint64_t seed);
  /// Chi-squared of the summed responses over the places against equal means, and the fraction of shuffles
  /// with a larger one. NaN without any response.
  struct Test {
    double chi2, p;
  };
  Test test(std::span<const std::uint16_t> responses) const;

 private:
  std::vector<std::uint32_t> place_;
  std::vector<double> shown_;  ///< [place] presentations
  std::size_t shuffles_;
  /// [shuffle][presentation] where the places begin to which its response goes, and the end.
  std::vector<std::uint32_t> first_;
  std::vector<std::uint32_t> places_of_;
};

}  // namespace striate::metrics
