// SPDX-License-Identifier: BSD-3-Clause
// Spike counts of cells to images and their Pearson correlations. Counts are 16-bit integers and all sums are
// exact, so a correlation does not depend on how or where it was computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace striate::metrics {

class CountMatrix {
 public:
  /// counts[cell * images + image], 0 to 32767. Throws FormatError for larger ones, and for so many images
  /// that the sums would not be exact.
  CountMatrix(std::span<const std::uint16_t> counts, std::size_t images);

  std::size_t images() const { return images_; }
  std::size_t cells() const { return sums_.size(); }
  std::uint16_t count(std::size_t cell, std::size_t image) const {
    return static_cast<std::uint16_t>(counts_[cell * images_ + image]);
  }
  /// NaN when one of the cells has the same count for all images.
  double correlation(std::size_t a, std::size_t b) const;

 private:
  std::int64_t product(std::size_t a, std::size_t b) const;

  std::size_t images_ = 0;
  std::size_t exact_run_ = 0;  ///< so many products fit into 32 bits
  std::vector<std::int16_t> counts_;
  std::vector<std::int64_t> sums_, spreads_;  ///< [cell] sum x and n sum x^2 - (sum x)^2
};

}  // namespace striate::metrics
