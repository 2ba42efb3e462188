// SPDX-License-Identifier: BSD-3-Clause
// Between the order of a file and the ranks that hold its rows: every rank owns a contiguous share of the
// rows for reading and writing, while neurons and synapses are held as it suits the work. Made when needed,
// because it is large.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"

namespace striate::core {

class RowExchange {
 public:
  /// `rows`: of this rank's items; each row of the file on exactly one rank. Collective.
  RowExchange(std::span<const std::uint64_t> rows, std::uint64_t total, const Comm& comm);

  Share share() const { return share_; }
  /// Items → this rank's share of rows. Collective.
  template <class T>
  std::vector<T> to_share(std::span<const T> items) const {
    std::vector<T> sent(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) sent[i] = items[order_[i]];
    const auto received = comm_.all_to_all_v(std::span<const T>(sent), sent_, received_);
    std::vector<T> result(share_.count());
    for (std::size_t i = 0; i < received.size(); ++i) result[place_[i]] = received[i];
    return result;
  }
  /// This rank's share of rows → items. Collective.
  template <class T>
  std::vector<T> from_share(std::span<const T> rows) const {
    std::vector<T> sent(place_.size());
    for (std::size_t i = 0; i < place_.size(); ++i) sent[i] = rows[place_[i]];
    const auto received = comm_.all_to_all_v(std::span<const T>(sent), received_, sent_);
    std::vector<T> result(order_.size());
    for (std::size_t i = 0; i < received.size(); ++i) result[order_[i]] = received[i];
    return result;
  }

 private:
  const Comm& comm_;
  Share share_;
  std::vector<std::uint32_t> order_;  ///< items by the rank that owns their row
  std::vector<std::size_t> sent_, received_;  ///< per rank
  std::vector<std::uint32_t> place_;  ///< of each received item in the share
};

}  // namespace striate::core
