// SPDX-License-Identifier: BSD-3-Clause
// The index of an edge file by source: for each source the runs of rows that begin there. Rows are sorted by
// target, so this is a transposition: each rank sorts its runs by source, then sends them, slab of sources by
// slab, to the ranks that own these sources, which write them in order. No rank ever holds more than its
// share and one slab.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "builder/edges/edge_rows.hpp"
#include "core/ranks/comm.hpp"

namespace striate::builder {

class SourceIndex {
 public:
  /// Collective. `first_row` is the file row of this rank's first row; `rows` and `comm` must outlive the
  /// index.
  SourceIndex(const EdgeRows& rows, std::uint64_t first_row, std::uint64_t sources, const core::Comm& comm);

  std::uint64_t runs() const { return total_runs_; }  ///< of all ranks
  /// Which runs each source has: [source][first run, end run), 0 and 0 where it has none. On rank 0, else
  /// empty. Collective.
  std::vector<std::uint64_t> runs_of_sources() const;

  template <class Row>
  using Piece = std::function<void(std::uint64_t first_run, std::span<const Row> ranges)>;
  /// This rank's runs in order, [run][first row, end row), piece by piece; all ranks get the same number of
  /// pieces. Collective.
  template <class Row>
  void for_each_piece(const Piece<Row>& piece) const;

  /// This rank's runs sorted by source (stable, so rows ascend).
  struct SortedRuns {
    std::vector<std::uint64_t> start;  ///< by source, then the end: places in `row`
    std::vector<std::uint32_t> row;  ///< local row that the run begins with
  };

 private:
  const EdgeRows& rows_;
  std::uint64_t first_row_;
  const core::Comm& comm_;
  SortedRuns sorted_;
  core::Share mine_;  ///< sources whose index this rank writes
  std::vector<std::uint32_t> counts_;  ///< [rank][own source]: runs that the rank has
  std::vector<std::uint64_t> runs_of_;  ///< [own source]
  std::uint64_t first_run_ = 0, total_runs_ = 0;
};

}  // namespace striate::builder
