// SPDX-License-Identifier: BSD-3-Clause
// Random subsets of the connections of each pair of excitatory types, over one or several networks, of which
// one at a time is in memory: sums over each subset and over all connections. A draw names connections by
// their place among those of their pair in the edge files, so that ranks do not matter.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metrics/base/edge_blocks.hpp"
#include "metrics/pooling/networks.hpp"

namespace striate::metrics {

using TypePair = std::pair<std::string, std::string>;  ///< source, target
inline const TypePair all_excitatory{"E", "E"};

/// `count` different numbers below `total` (at least `count`), ascending.
std::vector<std::uint64_t> draw_without_repetition(std::uint64_t total, std::uint64_t count,
                                                   std::uint64_t seed, std::uint64_t stream);

/// The pairs that are drawn from: those of the excitatory labels of all networks, then all together.
struct DrawnPairs {
  DrawnPairs(const NetworkPaths& networks, const CoreRule& core, const TypePooling& of_types);
  TypePooling pooling;
  std::vector<std::string> labels;
  std::vector<std::size_t> index_of_label;  ///< among the excitatory ones; npos for others
  std::size_t excitatory = 0;
  std::vector<TypePair> names;
  static constexpr std::size_t npos = std::numeric_limits<std::size_t>::max();
  std::size_t together() const { return names.size() - 1; }
};

/// One network while it is in memory.
struct DrawnNetwork {
  DrawnNetwork(const std::filesystem::path& network, const std::string& option, const CoreRule& core,
               const DrawnPairs& all_pairs);
  const DrawnPairs& pairs;
  std::filesystem::path file;  ///< of its edges
  Cells cells;
  TypeLabels labels;
  /// What the weight is held against; NaN for connections that take no part. Rows of source and target.
  std::function<double(std::uint32_t source, std::uint32_t target)> value;
};
/// Reads network number i. Collective.
using OpenNetwork = std::function<std::unique_ptr<DrawnNetwork>(std::size_t i)>;

/// What is summed over points (value, weight).
struct PointSums {
  std::size_t size;
  void (*add)(std::span<double> sums, double x, double y);
};

struct DrawRequest {
  std::size_t networks = 1;
  PointSums sums, all;  ///< over a subset; over all connections (size 0: nothing)
  std::size_t samples = 0;
  std::int64_t least = 1;  ///< pairs with fewer connections are not drawn from
  bool short_pairs =
      true;  ///< pairs with fewer than their limit: all connections in every sample, or none drawn
  std::uint64_t seed = 0;
  std::uint64_t block_rows = edge_block_rows;
};

struct DrawResult {
  std::vector<std::uint64_t> totals;  ///< [pair] connections
  std::vector<bool> drawn;  ///< [pair]
  std::vector<double> sums;  ///< [(pair * samples + sample) * sums.size] on the root
  std::vector<double> all;  ///< [pair * all.size] on the root; that of `together` is empty
};

/// limits[pair]: how many connections are drawn; nullopt: none. Goes twice over the networks. Collective.
DrawResult draw_pairs(const DrawRequest& request, const DrawnPairs& pairs,
                      const std::vector<std::optional<std::int64_t>>& limits, const OpenNetwork& open,
                      const core::Comm& comm);

}  // namespace striate::metrics
