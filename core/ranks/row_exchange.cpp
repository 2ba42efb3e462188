// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/row_exchange.hpp"

#include <algorithm>
#include <numeric>

#include "core/ranks/local_count.hpp"

namespace striate::core {

RowExchange::RowExchange(std::span<const std::uint64_t> rows, std::uint64_t total, const Comm& comm)
    : comm_(comm), share_(contiguous_share(total, comm.rank(), comm.size())) {
  require_local_count(std::max<std::size_t>(rows.size(), share_.count()), "rows");
  std::vector<std::uint64_t> ends;
  for (int r = 0; r < comm.size(); ++r) ends.push_back(contiguous_share(total, r, comm.size()).end);
  const auto owner = [&](std::uint64_t row) {
    return static_cast<std::size_t>(std::ranges::upper_bound(ends, row) - ends.begin());
  };
  sent_.assign(ends.size(), 0);
  for (const auto row : rows) ++sent_[owner(row)];
  std::vector<std::size_t> next(ends.size(), 0);
  for (std::size_t r = 1; r < next.size(); ++r) next[r] = next[r - 1] + sent_[r - 1];
  order_.resize(rows.size());
  std::vector<std::uint64_t> sorted(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const auto at = next[owner(rows[i])]++;
    order_[at] = i;
    sorted[at] = rows[i];
  }
  received_ = comm.all_to_all_counts(sent_);
  for (const auto row : comm.all_to_all_v(std::span<const std::uint64_t>(sorted), sent_, received_))
    place_.push_back(static_cast<std::uint32_t>(row - share_.first));
}

}  // namespace striate::core
