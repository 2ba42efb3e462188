// SPDX-License-Identifier: BSD-3-Clause
// One order over the items of all ranks: sorted by samples, and dealt out again in contiguous shares. The
// order and the shares do not depend on where the items came from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "core/ranks/comm.hpp"

namespace striate::core {

/// Where to cut the global order so that ranks get about the same: quantiles of a regular sample of each
/// rank's sorted items. Collective.
template <Wire T, class Before>
std::vector<T> splitters(std::span<const T> sorted, Before before, const Comm& comm) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  constexpr std::size_t samples_per_rank = 32;
  std::vector<T> mine;
  for (std::size_t i = 0; i < samples_per_rank && !sorted.empty(); ++i)
    mine.push_back(sorted[i * sorted.size() / samples_per_rank]);
  auto samples = comm.all_gather_v<T>(mine);
  std::ranges::sort(samples, before);
  std::vector<T> cuts;
  for (std::size_t r = 1; r < ranks && !samples.empty(); ++r)
    cuts.push_back(samples[r * samples.size() / ranks]);
  return cuts;
}

/// The items of all ranks in one order: rank r holds the r-th part. Parts are of unequal size. Collective.
template <Wire T, class Before = std::less<>>
std::vector<T> sorted_over_ranks(std::vector<T> items, const Comm& comm, Before before = {}) {
  std::ranges::sort(items, before);
  if (comm.size() == 1) return items;
  std::vector<std::size_t> counts(static_cast<std::size_t>(comm.size()), 0);
  auto from = items.begin();
  std::size_t destination = 0;
  for (const T& cut : splitters<T>(items, before, comm)) {
    const auto end = std::lower_bound(from, items.end(), cut, before);
    counts[destination++] = static_cast<std::size_t>(end - from);
    from = end;
  }
  counts[destination] = static_cast<std::size_t>(items.end() - from);
  auto received = comm.all_to_all_v<T>(items, counts);
  std::ranges::sort(received.items, before);
  return std::move(received.items);
}

/// From parts of unequal size to contiguous shares of `rows`, a range of the order that all parts make one
/// after the other; what lies outside is dropped. Collective.
template <Wire T>
std::vector<T> dealt_evenly(std::span<const T> part, Share rows, const Comm& comm) {
  if (comm.size() == 1) {
    const auto mine = part.subspan(rows.first, rows.count());
    return {mine.begin(), mine.end()};
  }
  const auto first = static_cast<std::uint64_t>(comm.sum_before(static_cast<std::int64_t>(part.size())));
  const auto end = first + part.size();
  std::vector<std::size_t> counts;
  for (int rank = 0; rank < comm.size(); ++rank) {
    const auto share = contiguous_share(rows.count(), rank, comm.size());
    const auto from = std::max(first, rows.first + share.first);
    const auto to = std::min(end, rows.first + share.end);
    counts.push_back(to > from ? to - from : 0);
  }
  const auto wanted = part.subspan(std::min(part.size(), rows.first > first ? rows.first - first : 0));
  return std::move(comm.all_to_all_v<T>(wanted, counts).items);
}

}  // namespace striate::core
