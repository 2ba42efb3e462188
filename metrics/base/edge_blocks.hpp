// SPDX-License-Identifier: BSD-3-Clause
// Sums over the edges between cells of V1 that do not depend on ranks: blocks of a fixed number of rows are
// dealt to the ranks, each gives a vector of sums, and the root adds these in the order of the blocks.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/network_paths.hpp"
#include "core/ranks/comm.hpp"
#include "io/sonata/edges.hpp"
#include "metrics/base/cells.hpp"

namespace striate::metrics {

inline constexpr std::uint64_t edge_block_rows = std::uint64_t{1} << 20;
/// Rows of an edge's ends. Throws FormatError for ids that are no cells.
struct EdgeEnds {
  std::uint32_t source, target;
};
EdgeEnds ends_of(const io::EdgeSlab& slab, std::size_t i, const Cells& cells,
                 const std::filesystem::path& edges_file);

inline const std::string v1_edge_population = core::edges_onto_v1(core::v1_population);

/// The edges of V1 in BASE: v1_v1_edges.h5 for "plain" and "", else v1_v1_edges_OPT.h5.
std::filesystem::path v1_edge_file(const std::filesystem::path& base, const std::string& option);

/// Called with the number of a block, its edges as they stand in the file and its sums, all 0.
using SlabVisitor =
    std::function<void(std::uint64_t block, const io::EdgeSlab& edges, std::span<double> sums)>;
/// `width` sums over all edges of a population, on the root, empty elsewhere. Collective.
std::vector<double> sum_edge_blocks(const io::EdgePopulation& edges, std::size_t width,
                                    const SlabVisitor& visit, const core::Comm& comm,
                                    std::uint64_t block_rows = edge_block_rows);
/// Throws FormatError unless edges have weights of their own.
void require_edge_weights(const io::EdgePopulation& edges);

/// Edges with both ends among the core cells, in the order of the file.
struct CoreEdges {
  std::vector<std::uint32_t> source, target;  ///< rows of Cells
  std::vector<double> weight;  ///< pA, signed
  std::size_t size() const { return source.size(); }
};

/// How many core edges precede each block: [block], and at the end their total. Collective.
std::vector<std::uint64_t> core_edge_offsets(const std::filesystem::path& file, const Cells& cells,
                                             const core::Comm& comm,
                                             std::uint64_t block_rows = edge_block_rows);

/// Called with the number of a block, its core edges and its sums, all 0.
using BlockVisitor = std::function<void(std::uint64_t block, const CoreEdges& edges, std::span<double> sums)>;
/// `width` sums on the root, empty elsewhere. Collective. Throws FormatError for edges without syn_weight or
/// with one that is no number.
std::vector<double> sum_core_edge_blocks(const std::filesystem::path& file, const Cells& cells,
                                         std::size_t width, const BlockVisitor& visit, const core::Comm& comm,
                                         std::uint64_t block_rows = edge_block_rows);

/// Called for each core edge: rows of the cells, weight, the block's sums.
using EdgeVisitor =
    std::function<void(std::uint32_t source, std::uint32_t target, double weight, std::span<double> sums)>;
/// The same edge by edge.
std::vector<double> sum_core_edges(const std::filesystem::path& file, const Cells& cells, std::size_t width,
                                   const EdgeVisitor& visit, const core::Comm& comm,
                                   std::uint64_t block_rows = edge_block_rows);

}  // namespace striate::metrics
