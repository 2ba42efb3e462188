// SPDX-License-Identifier: BSD-3-Clause
// Spike-triggered averages of pictures of squares (reverse correlation; de Boer and Kuyper 1968), light and
// dark squares apart. With n_k the spikes that a cell fires some time after presentation k of K, and I_k(s)
// 1 where square s is light (dark) in it, else 0,
//   average(s) = sum (n_k - mean n) I_k(s) / sum n_k.
// Over all ways in which the counts can be dealt to the presentations the sum has mean 0 and variance
//   sum (n_k - mean n)^2 sum (I_k - mean I)^2 / (K - 1),
// from which z follows without drawing any.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/progress.hpp"

namespace striate::metrics {

/// What was shown. Marks are all squares twice: first 1 where they are light, then 1 where they are dark.
class NoiseStimulus {
 public:
  /// squares[picture * places + place]: -1 dark, 0 grey, 1 light; picture_of[presentation].
  NoiseStimulus(std::size_t places, std::span<const std::int8_t> squares,
                std::vector<std::uint32_t> picture_of);

  std::size_t presentations() const { return picture_of_.size(); }
  std::size_t marks() const { return times_.size(); }
  /// [mark] 0 or 1.
  std::span<const std::uint8_t> shown(std::size_t presentation) const {
    return std::span(squares_).subspan(picture_of_[presentation] * marks(), marks());
  }
  /// The marks that are 1, where they are few.
  std::span<const std::uint32_t> listed(std::size_t presentation) const {
    const auto picture = picture_of_[presentation];
    return std::span(list_).subspan(first_[picture], first_[picture + 1] - first_[picture]);
  }
  bool is_sparse() const { return 8 * list_.size() < squares_.size(); }
  /// [mark] in how many presentations it is 1, and its standard deviation over them (divisor K - 1).
  const std::vector<double>& times() const { return times_; }
  const std::vector<double>& spread() const { return spread_; }

 private:
  std::vector<std::uint8_t> squares_;  ///< [picture * marks + mark]
  std::vector<std::uint32_t> list_;
  std::vector<std::size_t> first_;  ///< [picture] in the list, and its end
  std::vector<std::uint32_t> picture_of_;
  std::vector<double> times_, spread_;
};

/// A presentation after which there are spikes.
struct SpikesAfter {
  std::uint32_t presentation = 0, count = 0;
};
/// Of one cell, each presentation once. [latency]
using LatencyCounts = std::vector<std::vector<SpikesAfter>>;

struct SpikeTriggered {
  std::uint64_t spikes = 0;
  std::vector<double> average, z;  ///< [mark]; z is NaN where nothing varies
  double largest_z = 0;  ///< NaN where all are
};
SpikeTriggered spike_triggered(const NoiseStimulus& stimulus, std::span<const SpikesAfter> counts);

/// Enough shuffles that reach a cell's z: its fraction is told by those until then (Besag and Clifford 1991).
inline constexpr std::size_t enough_shuffles = 20;
/// Of so many random orders of the presentations, the same for all cells, the fraction in which the largest z
/// at any latency is at least `largest`. [cell]; NaN where `largest` is. `progress` counts shuffles.
std::vector<double> shuffled_fractions(const NoiseStimulus& stimulus, std::span<const LatencyCounts> cells,
                                       std::span<const double> largest, std::size_t shuffles,
                                       std::uint64_t seed, core::Progress& progress);

}  // namespace striate::metrics
