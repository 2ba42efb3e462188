// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_ranks.hpp"

#include <algorithm>

namespace striate::workflows {

training::Ranks training_ranks(const core::Comm& comm) {
  training::Ranks ranks;
  ranks.rank = comm.rank();
  ranks.size = comm.size();
  if (comm.size() == 1) return ranks;
  ranks.max_in_place = [&comm](std::span<double> values) { comm.max_in_place(values); };
  ranks.sum_in_place = [&comm](std::span<std::int64_t> values) { comm.sum_in_place(values); };
  ranks.sum_to_owners = [&comm](std::span<const std::int64_t> all, std::span<const int> counts,
                                std::span<std::int64_t> own) { comm.sum_scatter(all, counts, own); };
  ranks.gather_bytes = [&comm](std::span<const std::byte> bytes) { return comm.all_gather_v(bytes); };
  ranks.all_to_all_bytes = [&comm](std::span<const std::byte> bytes, std::span<const std::size_t> counts,
                                   std::span<std::size_t> received) {
    auto result = comm.all_to_all_v(bytes, counts);
    std::ranges::copy(result.counts, received.begin());
    return std::move(result.items);
  };
  return ranks;
}

}  // namespace striate::workflows
