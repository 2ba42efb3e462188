// SPDX-License-Identifier: BSD-3-Clause
// Sums over the edges between cells of V1 that do not depend on ranks: blocks of a fixed number of rows are
// dealt to the ranks, each gives a vector of sums, and the root adds these in the order of the blocks.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/comm.hpp"
#include "io/edges.hpp"
#include "metrics/cells.hpp"

namespace striate::metrics {

inline constexpr std::uint64_t edge_block_rows = std::uint64_t{1} << 20;

/// BASE/network/v1_v1_edges.h5 for "plain" and "", else v1_v1_edges_OPT.h5.
std::filesystem::path v1_edge_file(const std::filesystem::path& base, const std::string& option);

/// Called for edges with both ends among the core cells: rows of the cells, weight (pA, signed), the block's
/// sums.
using EdgeVisitor =
    std::function<void(std::uint32_t source, std::uint32_t target, double weight, std::span<double> sums)>;

/// `width` sums on the root, empty elsewhere. Collective. Throws FormatError for edges without syn_weight or
/// with one that is no number.
std::vector<double> sum_core_edges(const std::filesystem::path& file, const Cells& cells, std::size_t width,
                                   const EdgeVisitor& visit, const core::Comm& comm,
                                   std::uint64_t block_rows = edge_block_rows);

}  // namespace striate::metrics
