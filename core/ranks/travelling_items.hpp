// SPDX-License-Identifier: BSD-3-Clause
// What the forms of ItemExchange have in common.
#pragma once

#include <cstdint>
#include <span>

namespace striate::core {

/// An item's lowest bits are free for the exchange's own use; they do not arrive.
inline constexpr unsigned exchange_bits = 16;
/// Set in a count that a rank sends when it raises its hand.
inline constexpr std::uint64_t hand_bit = std::uint64_t{1} << 63;

struct ArrivedItems {
  std::span<const std::uint64_t> items;  ///< in any order; valid until the next exchange
  bool raised = false;  ///< some rank raised its hand; the same on all ranks
  double wait_s = 0;  ///< until all ranks that matter had come
};

}  // namespace striate::core
