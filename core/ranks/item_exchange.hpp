// SPDX-License-Identifier: BSD-3-Clause
// Small items from every rank to others, again and again. What arrives does not depend on the form; the order
// in which it does may. Which form is quickest depends on the number of ranks and on the machine
// (docs/scaling.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/ranks/travelling_items.hpp"

namespace striate::core {

enum class ExchangeForm {
  alltoallv,  ///< MPI_Alltoall of counts, then MPI_Alltoallv
  packed,  ///< one MPI_Alltoall of small blocks that hold count and items; what does not fit follows by
           ///< itself
  neighbor,  ///< MPI_Neighbor_alltoallv between those ranks that ever have something for each other
  nodes,  ///< gathered on each node, one MPI_Alltoallv between nodes, dealt out on each node
};

/// Their names, in order of the values.
std::span<const std::string> exchange_forms();
/// Throws UsageError with the names.
ExchangeForm parse_exchange_form(const std::string& name);

/// Whom a rank has to do with, without itself, rising.
struct Peers {
  std::vector<int> sends_to, receives_from;
};

class ItemExchange {
 public:
  struct Parts;  ///< what a form keeps

  /// `ranks_per_node`: for tests, ranks that count as one node; 0: those that share memory. Collective.
  ItemExchange(ExchangeForm form, const Peers& peers, const Comm& comm, int ranks_per_node = 0);
  ~ItemExchange();
  ItemExchange(ItemExchange&&) noexcept;

  /// items = those for rank 0, then rank 1, …, counts[r] for rank r, none for this rank. Collective.
  ArrivedItems exchange(std::span<const std::uint64_t> items, std::span<const std::size_t> counts,
                        bool raised);

  std::size_t bytes() const;  ///< that grow with ranks

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace striate::core
