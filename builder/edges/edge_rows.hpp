// SPDX-License-Identifier: BSD-3-Clause
// The rows of one edge population that a rank owns, compact: target by target (contiguous for files), a
// target's rows ascend by source. About 4 (LGN, background) or 8 (recurrent) bytes per row.
#pragma once

#include <cstdint>
#include <vector>

#include "core/values/huge_vector.hpp"

namespace striate::builder {

/// Set in EdgeRows::source on the first of a run of rows with the same source and target.
inline constexpr std::uint32_t run_start = 0x80000000u;

// Of a gigabyte and more: first touched in pages of 4 KiB, they would take a tenth of the time of making
// edges.
using SourceColumn = core::HugeVector<std::uint32_t>;
using WeightColumn = core::HugeVector<float>;

struct EdgeRows {
  std::uint64_t first_target = 0;
  std::vector<std::uint64_t> first_row{0};  ///< by local target, then the end
  SourceColumn source;
  WeightColumn weight;  ///< by row; empty when weights are by target or by type
  std::vector<float> target_weight;  ///< by local target; empty when by row or by type

  std::size_t targets() const { return first_row.size() - 1; }
  std::size_t rows() const { return source.size(); }
  void end_target() { first_row.push_back(source.size()); }
};

}  // namespace striate::builder
