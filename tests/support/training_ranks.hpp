// SPDX-License-Identifier: BSD-3-Clause
// Several ranks of the trainer as threads of one process, so that unit tests need no MPI.
#pragma once

#include <algorithm>
#include <barrier>
#include <functional>
#include <thread>
#include <vector>

#include "training/model/rank_sums.hpp"

namespace striate::test {

/// Runs `work(ranks)` on each of `count` threads. Sums are made in the order of ranks, like MPI makes them in
/// some.
inline void run_ranks(int count, const std::function<void(const training::Ranks&)>& work) {
  if (count == 1) {
    work({});
    return;
  }
  std::barrier barrier(count);
  const auto n = static_cast<std::size_t>(count);
  std::vector<std::span<double>> doubles(n);
  std::vector<std::span<std::int64_t>> integers(n);
  std::vector<std::span<const std::int64_t>> parts(n);
  std::vector<std::span<const std::byte>> bytes(n);
  std::vector<std::span<const std::size_t>> counts(n);
  const auto make = [&](int rank) {
    training::Ranks ranks;
    ranks.rank = rank;
    ranks.size = count;
    const auto self = static_cast<std::size_t>(rank);
    ranks.max_in_place = [&, self](std::span<double> values) {
      std::vector<double> result(values.begin(), values.end());
      doubles[self] = values;
      barrier.arrive_and_wait();
      for (const auto& other : doubles)
        for (std::size_t i = 0; i < result.size(); ++i) result[i] = std::max(result[i], other[i]);
      barrier.arrive_and_wait();
      std::ranges::copy(result, values.begin());
      barrier.arrive_and_wait();
    };
    ranks.sum_in_place = [&, self](std::span<std::int64_t> values) {
      std::vector<std::int64_t> result(values.size(), 0);
      integers[self] = values;
      barrier.arrive_and_wait();
      for (const auto& other : integers)
        for (std::size_t i = 0; i < result.size(); ++i) result[i] += other[i];
      barrier.arrive_and_wait();
      std::ranges::copy(result, values.begin());
      barrier.arrive_and_wait();
    };
    ranks.sum_to_owners = [&, self](std::span<const std::int64_t> all, std::span<const int> of_rank,
                                    std::span<std::int64_t> own) {
      parts[self] = all;
      barrier.arrive_and_wait();
      std::size_t first = 0;
      for (std::size_t r = 0; r < self; ++r) first += static_cast<std::size_t>(of_rank[r]);
      for (std::size_t i = 0; i < own.size(); ++i) {
        own[i] = 0;
        for (const auto& other : parts) own[i] += other[first + i];
      }
      barrier.arrive_and_wait();
    };
    ranks.gather_bytes = [&, self](std::span<const std::byte> own) {
      bytes[self] = own;
      barrier.arrive_and_wait();
      training::Ranks::Bytes result;
      for (const auto& other : bytes) result.insert(result.end(), other.begin(), other.end());
      barrier.arrive_and_wait();
      return result;
    };
    ranks.all_to_all_bytes = [&, self](std::span<const std::byte> own,
                                       std::span<const std::size_t> own_counts,
                                       std::span<std::size_t> received) {
      bytes[self] = own;
      counts[self] = own_counts;
      barrier.arrive_and_wait();
      training::Ranks::Bytes result;
      for (std::size_t r = 0; r < n; ++r) {
        std::size_t first = 0;
        for (std::size_t i = 0; i < self; ++i) first += counts[r][i];
        received[r] = counts[r][self];
        const auto part = bytes[r].subspan(first, counts[r][self]);
        result.insert(result.end(), part.begin(), part.end());
      }
      barrier.arrive_and_wait();
      return result;
    };
    return ranks;
  };
  std::vector<std::jthread> threads;
  for (int rank = 0; rank < count; ++rank) threads.emplace_back([&, rank] { work(make(rank)); });
}

}  // namespace striate::test
