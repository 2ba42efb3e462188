// SPDX-License-Identifier: BSD-3-Clause
// Which cells are connected, counted by pair of types: a pair of cells with several rows in the edge file is
// one connected pair. So that this holds for edges in any order and memory does not grow with them, a bit for
// each ordered pair of cells of which one lies in the core says whether the pair was seen; where these bits
// would take too much memory, the file is read several times. Ranks share the pairs; all sums are whole
// numbers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/ranks/comm.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/edge_blocks.hpp"

namespace striate::metrics {

/// Counts by pair of cell types, types as in Cells::type.
struct ConnectedPairs {
  std::size_t types = 0;
  std::size_t reach_um = 0;  ///< distances in [0, reach) are counted by micrometre

  /// Ordered pairs of different core cells, [(source * types + target) * reach + micrometre].
  std::vector<std::int64_t> pairs, connected, synapses;
  /// Summed over pairs: the target's size over the mean of its population, in units of 1 / size_unit. Without
  /// sizes in the nodes as many units as make 1 for each pair.
  std::vector<std::int64_t> sizes;
  static constexpr std::int64_t size_unit = 1 << 20;  // whole numbers, so that their order does not matter
  /// Unordered pairs of core cells connected both ways, of which the smaller type comes first.
  std::vector<std::int64_t> both_ways;
  std::size_t place(std::size_t source, std::size_t target, std::size_t micrometre) const {
    return (source * types + target) * reach_um + micrometre;
  }

  /// Of core cells, with cells anywhere in V1, [place among core_rows() * types + type of the others].
  std::vector<std::int64_t> sources, synapses_in, targets, synapses_out;
};

struct ConnectedPairsRequest {
  std::filesystem::path edges_file;
  std::size_t reach_um = 0;
  std::uint64_t block_rows = edge_block_rows;
  std::uint64_t most_bits = std::uint64_t{1} << 31;  ///< kept at once by a rank
};

/// The same on all ranks. Collective. Throws FormatError for ids that are no cells and for numbers of
/// synapses that are not whole. A row without a number of synapses has one; one with 0 is no connection.
ConnectedPairs count_connected_pairs(const ConnectedPairsRequest& request, const Cells& cells,
                                     const core::Comm& comm);

}  // namespace striate::metrics
