// SPDX-License-Identifier: BSD-3-Clause
#include "training/losses/weight_ranking.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <type_traits>

namespace striate::training {
namespace {

/// Groups of similar total size for each rank: the largest first, each to the rank with least.
std::vector<int> deal_groups(const WeightGroups& groups, int ranks) {
  std::vector<std::uint32_t> order(groups.count());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, [&](auto a, auto b) { return groups.size[a] > groups.size[b]; });
  std::vector<double> load(static_cast<std::size_t>(ranks), 0.0);
  std::vector<int> rank_of(groups.count());
  for (const auto g : order) {
    const auto least = std::ranges::min_element(load);
    *least += groups.size[g];
    rank_of[g] = static_cast<int>(least - load.begin());
  }
  return rank_of;
}

template <class T>
std::vector<T> all_to_all(std::span<const T> items, std::span<const std::size_t> counts,
                          std::span<std::size_t> received, const Ranks& ranks) {
  if (ranks.size == 1) {
    received[0] = items.size();
    return {items.begin(), items.end()};
  }
  std::vector<std::size_t> bytes(counts.begin(), counts.end());
  for (auto& b : bytes) b *= sizeof(T);
  const auto got = ranks.all_to_all_bytes(std::as_bytes(items), bytes, received);
  for (auto& b : received) b /= sizeof(T);
  std::vector<T> result(got.size() / sizeof(T));
  if (!result.empty()) std::memcpy(result.data(), got.data(), got.size());
  return result;
}

}  // namespace

template <class Real>
SortedRanking<Real>::SortedRanking(const Circuit<Real>& circuit, const WeightGroups& groups,
                                   const core::HugeVector<Real>& wanted, const Ranks& ranks) {
  const auto rank_of = deal_groups(groups, ranks.size);
  order_.resize(wanted.size());
  std::iota(order_.begin(), order_.end(), 0u);
  std::ranges::stable_sort(order_, [&](std::uint32_t a, std::uint32_t b) {
    const auto ga = groups.of_synapse[a], gb = groups.of_synapse[b];
    return rank_of[ga] != rank_of[gb] ? rank_of[ga] < rank_of[gb] : ga < gb;
  });
  sent_.assign(static_cast<std::size_t>(ranks.size), 0);
  received_.assign(static_cast<std::size_t>(ranks.size), 0);
  struct Id {
    std::uint64_t row;
    std::uint32_t group;
    std::uint32_t padding = 0;
  };
  std::vector<Id> ids;
  for (const auto i : order_) {
    const std::uint32_t group = groups.of_synapse[i];
    ++sent_[static_cast<std::size_t>(rank_of[group])];
    ids.push_back({.row = circuit.recurrent.row[i], .group = group});
  }
  const auto got = all_to_all(std::span<const Id>(ids), sent_, received_, ranks);
  arrangement_.resize(got.size());
  std::iota(arrangement_.begin(), arrangement_.end(), 0u);
  std::ranges::sort(arrangement_, [&](std::uint32_t a, std::uint32_t b) {
    return got[a].group != got[b].group ? got[a].group < got[b].group : got[a].row < got[b].row;
  });
  for (std::size_t i = 0; i < arrangement_.size(); ++i)
    if (const auto group = got[arrangement_[i]].group; group_.empty() || group_.back() != group) {
      group_.push_back(group);
      first_.push_back(i);
    }
  first_.push_back(arrangement_.size());
  wanted_ = exchange(wanted, ranks);
  for (std::size_t g = 0; g < group_.size(); ++g)
    std::sort(wanted_.begin() + static_cast<std::ptrdiff_t>(first_[g]),
              wanted_.begin() + static_cast<std::ptrdiff_t>(first_[g + 1]));
}

template <class Real>
std::vector<Real> SortedRanking<Real>::exchange(const core::HugeVector<Real>& weights,
                                                const Ranks& ranks) const {
  std::vector<Real> sent(order_.size());
  for (std::size_t i = 0; i < order_.size(); ++i) sent[i] = weights[order_[i]];
  std::vector<std::size_t> received(received_);
  const auto got = all_to_all(std::span<const Real>(sent), sent_, received, ranks);
  std::vector<Real> arranged(got.size());
  for (std::size_t i = 0; i < got.size(); ++i) arranged[i] = got[arrangement_[i]];
  return arranged;
}

template <class Real>
void SortedRanking<Real>::sort(std::span<Entry> entries) const {
  if constexpr (std::is_same_v<Real, float>) {
    // Integers that order like the weights, with the place in the low half.
    static_assert(sizeof(Entry) == 8);
    constexpr std::size_t few = 1500;
    static thread_local std::vector<std::uint64_t> keys, other;
    keys.resize(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto bits = std::bit_cast<std::uint32_t>(entries[i].weight + 0.0f);  // -0 like 0
      const std::uint32_t key = bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
      keys[i] = std::uint64_t{key} << 32 | entries[i].place;
    }
    if (keys.size() <= few) {
      std::ranges::sort(keys);
    } else {  // places rise already, so a stable sort by weight is enough
      other.resize(keys.size());
      for (const unsigned shift : {32u, 43u, 54u}) {
        constexpr std::size_t digits = 2048;
        std::size_t count[digits + 1] = {};
        for (const auto key : keys) ++count[(key >> shift & (digits - 1)) + 1];
        for (std::size_t d = 0; d < digits; ++d) count[d + 1] += count[d];
        for (const auto key : keys) other[count[key >> shift & (digits - 1)]++] = key;
        keys.swap(other);
      }
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto key = static_cast<std::uint32_t>(keys[i] >> 32);
      entries[i].weight = std::bit_cast<float>(key >> 31 != 0 ? key & 0x7fffffffu : ~key);
      entries[i].place = static_cast<std::uint32_t>(keys[i]);
    }
  } else {
    std::ranges::stable_sort(entries, {}, &Entry::weight);
  }
}

template <class Real>
void SortedRanking<Real>::rank(const core::HugeVector<Real>& weights, const Ranks& ranks,
                               std::span<double> distance, std::vector<std::int8_t>& sign) const {
  const std::vector<Real> arranged = exchange(weights, ranks);
  std::vector<std::int8_t> found(arranged.size());
  struct OfGroup {
    std::uint32_t group;
    std::uint32_t padding = 0;
    double distance;
  };
  std::vector<OfGroup> own;
  std::vector<Entry> entries;
  for (std::size_t g = 0; g < group_.size(); ++g) {
    entries.clear();
    for (std::size_t i = first_[g]; i < first_[g + 1]; ++i)
      entries.push_back({.weight = arranged[i], .place = static_cast<std::uint32_t>(i)});
    sort(entries);
    double sum = 0;
    for (std::size_t k = 0; k < entries.size(); ++k) {
      const double error =
          static_cast<double>(entries[k].weight) - static_cast<double>(wanted_[first_[g] + k]);
      sum += std::abs(error);
      found[arrangement_[entries[k].place]] = static_cast<std::int8_t>((error > 0) - (error < 0));
    }
    own.push_back({.group = group_[g], .distance = sum});
  }
  for (const OfGroup& of : ranks.gather(std::span<const OfGroup>(own))) distance[of.group] = of.distance;
  std::vector<std::size_t> back(received_.size());
  const auto returned = all_to_all(std::span<const std::int8_t>(found), received_, back, ranks);
  sign.resize(order_.size());
  for (std::size_t i = 0; i < order_.size(); ++i) sign[order_[i]] = returned[i];
}

namespace {

constexpr int octave_bits = 7, lowest_octave = -24, octaves = 32;
constexpr std::size_t bins = std::size_t{octaves} << octave_bits;

struct Place {
  std::size_t bin;
  double inside;  ///< 0…1
};

/// Bins are even within an octave: the leading bits of a number say which.
Place place_of(double magnitude) {
  if (!(magnitude > 0)) return {.bin = 0, .inside = 0};
  const auto bits = std::bit_cast<std::uint64_t>(magnitude);
  constexpr int below = 52 - octave_bits;
  const auto bin =
      static_cast<std::int64_t>(bits >> below) - (std::int64_t{1023 + lowest_octave} << octave_bits);
  if (bin < 0) return {.bin = 0, .inside = 0};
  if (bin >= static_cast<std::int64_t>(bins)) return {.bin = bins - 1, .inside = 1};
  const auto rest = bits & ((std::uint64_t{1} << below) - 1);
  return {.bin = static_cast<std::size_t>(bin),
          .inside = static_cast<double>(rest) / static_cast<double>(std::uint64_t{1} << below)};
}

double bin_width(std::size_t bin) {
  return std::ldexp(1.0, lowest_octave + static_cast<int>(bin >> octave_bits) - octave_bits);
}

template <class Real>
std::vector<std::int64_t> histograms(const WeightGroups& groups, const core::HugeVector<Real>& weights,
                                     const Ranks& ranks) {
  std::vector<std::int64_t> counts(groups.count() * bins, 0);
  for (std::size_t i = 0; i < weights.size(); ++i)
    ++counts[groups.of_synapse[i] * bins + place_of(std::abs(static_cast<double>(weights[i]))).bin];
  ranks.sum(counts);
  return counts;
}

/// Integral over a bin of the magnitude of a difference that goes from a to b in a straight line.
double line_area(double a, double b, double width) {
  if ((a >= 0) == (b >= 0) || a == 0 || b == 0) return width * (std::abs(a) + std::abs(b)) / 2;
  return width * (a * a + b * b) / (2 * (std::abs(a) + std::abs(b)));
}

}  // namespace

template <class Real>
HistogramRanking<Real>::HistogramRanking(const WeightGroups& groups, const core::HugeVector<Real>& wanted,
                                         const Ranks& ranks)
    : wanted_(histograms(groups, wanted, ranks)) {}

template <class Real>
void HistogramRanking<Real>::rank(const WeightGroups& groups, const core::HugeVector<Real>& weights,
                                  const Ranks& ranks, std::span<double> distance,
                                  std::vector<std::int8_t>& sign) const {
  // Wanted minus current: how many more of the wanted weights lie below.
  std::vector<std::int64_t> more = histograms(groups, weights, ranks);
  for (std::size_t i = 0; i < more.size(); ++i) more[i] = wanted_[i] - more[i];
  std::vector<std::int64_t> before(more.size());
  for (std::size_t g = 0; g < groups.count(); ++g) {
    std::int64_t sum = 0;
    double area = 0;
    for (std::size_t b = 0; b < bins; ++b) {
      before[g * bins + b] = sum;
      const std::int64_t next = sum + more[g * bins + b];
      if (sum != 0 || next != 0)
        area += line_area(static_cast<double>(sum), static_cast<double>(next), bin_width(b));
      sum = next;
    }
    distance[g] = area;
  }
  sign.resize(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto weight = static_cast<double>(weights[i]);
    const Place place = place_of(std::abs(weight));
    const std::size_t at = groups.of_synapse[i] * bins + place.bin;
    const double difference = static_cast<double>(before[at]) + place.inside * static_cast<double>(more[at]);
    const int above = (difference > 0) - (difference < 0);
    sign[i] = static_cast<std::int8_t>(weight < 0 ? -above : above);
  }
}

template class SortedRanking<float>;
template class SortedRanking<double>;
template class HistogramRanking<float>;
template class HistogramRanking<double>;

}  // namespace striate::training
