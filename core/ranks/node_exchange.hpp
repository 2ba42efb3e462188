// SPDX-License-Identifier: BSD-3-Clause
// ItemExchange in two levels: each node's items are gathered on one of its ranks, these leaders exchange what
// goes to other nodes, and deal out what came. With m ranks on a node, m * m times fewer messages travel
// between nodes; what happens on a node goes through its memory.
#pragma once

#include <cstddef>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/ranks/travelling_items.hpp"

namespace striate::core {

class NodeExchange {
 public:
  /// As for ItemExchange. Collective.
  NodeExchange(const Comm& comm, int ranks_per_node);
  ~NodeExchange();
  NodeExchange(const NodeExchange&) = delete;
  NodeExchange& operator=(const NodeExchange&) = delete;

  ArrivedItems exchange(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                        bool raised);
  std::size_t bytes() const;

 private:
  void gather(std::span<const std::uint64_t> items, std::span<const std::size_t> counts, bool raised);
  void exchange_between_nodes();
  void deal_out();

  const Comm& comm_;
  MPI_Comm node_handle_ = MPI_COMM_NULL, leaders_handle_ = MPI_COMM_NULL;
  Comm node_, leaders_;
  std::size_t nodes_ = 1;
  std::vector<std::uint32_t> node_of_rank_, place_of_rank_;  ///< place: rank on the node
  bool raised_ = false;
  double wait_s_ = 0;
  std::vector<std::uint64_t> own_;  ///< by node
  std::vector<std::uint64_t> own_counts_;  ///< [node], then the hand
  std::vector<std::uint64_t> arrived_;
  // Of leaders:
  std::vector<std::uint64_t> gathered_counts_;  ///< [place][node], and the hands
  std::vector<std::uint64_t> gathered_;  ///< by place, then node
  std::vector<std::uint64_t> outgoing_, incoming_;  ///< by node
  std::vector<std::size_t> outgoing_counts_;
};

}  // namespace striate::core
