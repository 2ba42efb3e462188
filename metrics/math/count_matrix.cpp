// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/count_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors/error.hpp"

namespace striate::metrics {

CountMatrix::CountMatrix(std::span<const std::uint16_t> counts, std::size_t images)
    : images_(images), counts_(counts.begin(), counts.end()) {
  constexpr auto largest_count = std::numeric_limits<std::int16_t>::max();
  const std::int64_t largest = counts.empty() ? 0 : std::ranges::max(counts);
  if (largest > largest_count)
    throw core::FormatError("{} spikes of one cell for one image (no cell fires more than {})", largest,
                            largest_count);
  // n sum x^2 stays below 2^63 when n max(x) stays below its root.
  if (static_cast<double>(largest) * static_cast<double>(images) > 3.0e9)
    throw core::FormatError("too many images for exact correlations ({} with up to {} spikes each)", images,
                            largest);
  const std::int64_t square = std::max<std::int64_t>(1, largest * largest);
  exact_run_ = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max() / square);
  const std::size_t cells = images == 0 ? 0 : counts.size() / images;
  const auto n = static_cast<std::int64_t>(images);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    std::int64_t sum = 0;
    for (std::size_t image = 0; image < images; ++image) sum += counts_[cell * images + image];
    sums_.push_back(sum);
    spreads_.push_back(n * product(cell, cell) - sum * sum);
  }
}

std::int64_t CountMatrix::product(std::size_t a, std::size_t b) const {
  const std::int16_t *x = counts_.data() + a * images_, *y = counts_.data() + b * images_;
  std::int64_t total = 0;
  for (std::size_t first = 0; first < images_; first += exact_run_) {
    const std::size_t end = std::min(images_, first + exact_run_);
    std::int32_t run = 0;  // 32 bits: processors multiply and add eight 16-bit numbers at once
    for (std::size_t i = first; i < end; ++i) run += std::int32_t{x[i]} * y[i];
    total += run;
  }
  return total;
}

double CountMatrix::correlation(std::size_t a, std::size_t b) const {
  if (spreads_[a] == 0 || spreads_[b] == 0) return std::numeric_limits<double>::quiet_NaN();
  const std::int64_t shared = static_cast<std::int64_t>(images_) * product(a, b) - sums_[a] * sums_[b];
  const double scale = std::sqrt(static_cast<double>(spreads_[a]) * static_cast<double>(spreads_[b]));
  return std::clamp(static_cast<double>(shared) / scale, -1.0, 1.0);
}

}  // namespace striate::metrics
