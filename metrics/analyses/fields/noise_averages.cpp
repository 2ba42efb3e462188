// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/noise_averages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/values/draws.hpp"
#include "core/values/nan.hpp"
#include "core/values/random.hpp"

namespace striate::metrics {
namespace {

using core::nan;

/// Sums of marks over presentations. Where pictures have many marks, these are added as bytes, many at once,
/// and put aside before a byte can overflow.
class MarkSums {
 public:
  explicit MarkSums(const NoiseStimulus& stimulus)
      : stimulus_(stimulus), bytes_(stimulus.marks()), sums_(stimulus.marks()) {}

  void clear() { std::ranges::fill(sums_, 0U); }
  void add(std::size_t presentation, std::uint32_t times) {
    if (stimulus_.is_sparse()) {
      for (const auto mark : stimulus_.listed(presentation)) sums_[mark] += times;
      return;
    }
    const auto shown = stimulus_.shown(presentation);
    for (; times > 0; --times) {
      if (held_ == 255) put_aside();
      ++held_;
      for (std::size_t mark = 0; mark < shown.size(); ++mark)
        bytes_[mark] = static_cast<std::uint8_t>(bytes_[mark] + shown[mark]);
    }
  }
  const std::vector<std::uint32_t>& sums() {
    if (held_ > 0) put_aside();
    return sums_;
  }

 private:
  void put_aside() {
    for (std::size_t mark = 0; mark < bytes_.size(); ++mark) sums_[mark] += bytes_[mark];
    std::ranges::fill(bytes_, std::uint8_t{0});
    held_ = 0;
  }

  const NoiseStimulus& stimulus_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint32_t> sums_;
  int held_ = 0;
};

/// What of a cell's counts does not depend on their order.
struct CountSums {
  double spikes = 0;
  double spread = 0;  ///< square root of the sum of squared deviations
};

CountSums count_sums(std::span<const SpikesAfter> counts, double presentations) {
  std::uint64_t spikes = 0, squares = 0;
  for (const auto& each : counts) {
    spikes += each.count;
    squares += std::uint64_t{each.count} * each.count;
  }
  const auto n = static_cast<double>(spikes);
  return {.spikes = n,
          .spread = std::sqrt(
              std::max(0.0, (presentations * static_cast<double>(squares) - n * n) / presentations))};
}

/// Is there a z of at least `largest` when presentation k was in fact order[k]?
bool reaches(const NoiseStimulus& stimulus, const LatencyCounts& cell, double largest,
             std::span<const std::uint32_t> order, MarkSums& sums) {
  constexpr double rounding = 1e-10;  // what was found itself is reached when it comes again
  const auto presentations = static_cast<double>(stimulus.presentations());
  for (const auto& counts : cell) {
    const auto of_counts = count_sums(counts, presentations);
    if (!(of_counts.spread > 0)) continue;
    sums.clear();
    for (const auto& each : counts) sums.add(order[each.presentation], each.count);
    const auto& of_marks = sums.sums();
    const double needed = (largest - rounding * std::abs(largest)) * of_counts.spread * presentations;
    int reached = 0;
    for (std::size_t mark = 0; mark < of_marks.size(); ++mark) {
      const double spread = stimulus.spread()[mark];
      const double deviation = presentations * of_marks[mark] - of_counts.spikes * stimulus.times()[mark];
      reached |= static_cast<int>(spread > 0) & static_cast<int>(deviation >= needed * spread);
    }
    if (reached != 0) return true;
  }
  return false;
}

}  // namespace

NoiseStimulus::NoiseStimulus(std::size_t places, std::span<const std::int8_t> squares,
                             std::vector<std::uint32_t> picture_of)
    : squares_(2 * squares.size()), picture_of_(std::move(picture_of)), times_(2 * places, 0) {
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const auto first = i / places * 2 * places + i % places;
    squares_[first] = squares[i] > 0 ? 1 : 0;
    squares_[first + places] = squares[i] < 0 ? 1 : 0;
  }
  for (std::size_t k = 0; k < squares_.size(); ++k) {
    if (k % marks() == 0) first_.push_back(list_.size());
    if (squares_[k] != 0) list_.push_back(static_cast<std::uint32_t>(k % marks()));
  }
  first_.push_back(list_.size());
  for (std::size_t k = 0; k < presentations(); ++k)
    for (const auto mark : listed(k)) times_[mark] += 1;
  const auto all = static_cast<double>(presentations());
  for (const double times : times_)
    spread_.push_back(all > 1 ? std::sqrt(times * (all - times) / (all * (all - 1))) : 0);
}

SpikeTriggered spike_triggered(const NoiseStimulus& stimulus, std::span<const SpikesAfter> counts) {
  const auto presentations = static_cast<double>(stimulus.presentations());
  const auto of_counts = count_sums(counts, presentations);
  MarkSums sums(stimulus);
  for (const auto& each : counts) sums.add(each.presentation, each.count);
  SpikeTriggered result{
      .spikes = static_cast<std::uint64_t>(of_counts.spikes), .average = {}, .z = {}, .largest_z = nan};
  const auto& of_marks = sums.sums();
  for (std::size_t mark = 0; mark < of_marks.size(); ++mark) {
    const double sum =
        (presentations * of_marks[mark] - of_counts.spikes * stimulus.times()[mark]) / presentations;
    const double spread = of_counts.spread * stimulus.spread()[mark], z = spread > 0 ? sum / spread : nan;
    result.average.push_back(sum / of_counts.spikes);
    result.z.push_back(z);
    if (!std::isnan(z) && !(z <= result.largest_z)) result.largest_z = z;
  }
  return result;
}

std::vector<double> shuffled_fractions(const NoiseStimulus& stimulus, std::span<const LatencyCounts> cells,
                                       std::span<const double> largest, std::size_t shuffles,
                                       std::uint64_t seed, core::Progress& progress) {
  std::vector<std::size_t> reached(cells.size(), 0);
  std::vector<double> fractions(cells.size(), nan);
  std::vector<std::uint32_t> order(stimulus.presentations());
  MarkSums sums(stimulus);
  for (std::size_t k = 0; k < shuffles; ++k) {
    std::iota(order.begin(), order.end(), 0U);
    core::RandomStream random(seed, core::Purpose::resampling, k);
    core::shuffle(random, order);
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      if (std::isnan(largest[cell]) || reached[cell] == enough_shuffles) continue;
      if (reaches(stimulus, cells[cell], largest[cell], order, sums)) ++reached[cell];
      fractions[cell] = static_cast<double>(reached[cell]) / static_cast<double>(k + 1);
    }
    if (progress.due())
      progress.update(static_cast<double>(k + 1), fmt::format("{} of {} shuffles", k + 1, shuffles));
  }
  progress.finish(fmt::format("{} shuffles", shuffles));
  return fractions;
}

}  // namespace striate::metrics
