// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/edge_blocks.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/progress.hpp"
#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {
namespace {

std::uint64_t block_count(const io::EdgePopulation& edges, std::uint64_t block_rows) {
  return (edges.size() + block_rows - 1) / block_rows;
}

/// Calls `visit(row of the slab, source, target)` for core edges.
template <class Visit>
void for_core_edges(const io::EdgeSlab& slab, const Cells& cells, const std::filesystem::path& edges_file,
                    const Visit& visit) {
  for (std::size_t i = 0; i < slab.size(); ++i) {
    const auto ends = ends_of(slab, i, cells, edges_file);
    if (cells.core[ends.source] != 0 && cells.core[ends.target] != 0) visit(i, ends.source, ends.target);
  }
}

CoreEdges core_edges(const io::EdgeSlab& slab, const Cells& cells, const io::EdgePopulation& edges) {
  CoreEdges core;
  for_core_edges(slab, cells, edges.file(), [&](std::size_t i, std::uint32_t source, std::uint32_t target) {
    const double weight = slab.syn_weight->values[i];
    if (!std::isfinite(weight))
      throw core::FormatError("syn_weight of row {} in {} is {} (must be a number)", slab.first + i,
                              edges.file(), weight);
    core.source.push_back(source);
    core.target.push_back(target);
    core.weight.push_back(weight);
  });
  return core;
}

}  // namespace

EdgeEnds ends_of(const io::EdgeSlab& slab, std::size_t i, const Cells& cells,
                 const std::filesystem::path& edges_file) {
  const auto row = [&](const char* column, std::uint64_t id) {
    return cells.require_row(
        id, [&] { return fmt::format("row {} of {} of {}", slab.first + i, column, edges_file); });
  };
  return {row("source_node_id", slab.source_id[i]), row("target_node_id", slab.target_id[i])};
}

std::filesystem::path v1_edge_file(const std::filesystem::path& base, const std::string& option) {
  const bool plain = option.empty() || option == "plain";
  return core::NetworkPaths{base}.edges(core::v1_population, plain ? "" : option);
}

std::vector<std::uint64_t> core_edge_offsets(const std::filesystem::path& file, const Cells& cells,
                                             const core::Comm& comm, std::uint64_t block_rows) {
  const io::EdgePopulation edges(file, v1_edge_population);
  const std::uint64_t blocks = block_count(edges, block_rows);
  std::vector<std::int64_t> counts(blocks, 0);
  for (auto block = static_cast<std::uint64_t>(comm.rank()); block < blocks;
       block += static_cast<std::uint64_t>(comm.size())) {
    const std::uint64_t first = block * block_rows;
    const auto slab = edges.read_ends(first, std::min(block_rows, edges.size() - first));
    for_core_edges(slab, cells, edges.file(),
                   [&](std::size_t, std::uint32_t, std::uint32_t) { ++counts[block]; });
  }
  comm.sum_in_place(counts);
  std::vector<std::uint64_t> offsets{0};
  for (const auto count : counts) offsets.push_back(offsets.back() + static_cast<std::uint64_t>(count));
  return offsets;
}

void require_edge_weights(const io::EdgePopulation& edges) {
  if (!edges.has_attribute("syn_weight"))
    throw core::FormatError("no syn_weight in {} /edges/{} (weights of single edges are needed)",
                            edges.file(), edges.name());
}

std::vector<double> sum_edge_blocks(const io::EdgePopulation& edges, std::size_t width,
                                    const SlabVisitor& visit, const core::Comm& comm,
                                    std::uint64_t block_rows) {
  std::vector<double> totals(comm.is_root() ? width : 0, 0), sums;
  const std::uint64_t blocks = block_count(edges, block_rows);
  const auto ranks = static_cast<std::uint64_t>(comm.size());
  core::Progress progress("reading edges", static_cast<double>(blocks), core::shows_progress(comm));
  for (std::uint64_t first = 0; first < blocks; first += ranks) {
    const auto block = first + static_cast<std::uint64_t>(comm.rank());
    sums.assign(block < blocks ? width : 0, 0);
    if (block < blocks) {
      const std::uint64_t row = block * block_rows;
      visit(block, edges.read(row, std::min(block_rows, edges.size() - row)), sums);
    }
    const auto all = gather_to_root(std::span<const double>(sums), comm);
    for (std::size_t start = 0; start < all.size(); start += width)
      for (std::size_t i = 0; i < width; ++i) totals[i] += all[start + i];
    const auto done = std::min(first + ranks, blocks);
    if (progress.due())
      progress.update(static_cast<double>(done), fmt::format("block {} of {}", done, blocks));
  }
  progress.finish(fmt::format("{} edges", edges.size()));
  return totals;
}

std::vector<double> sum_core_edge_blocks(const std::filesystem::path& file, const Cells& cells,
                                         std::size_t width, const BlockVisitor& visit, const core::Comm& comm,
                                         std::uint64_t block_rows) {
  const io::EdgePopulation edges(file, v1_edge_population);
  require_edge_weights(edges);
  const auto visit_slab = [&](std::uint64_t block, const io::EdgeSlab& slab, std::span<double> sums) {
    visit(block, core_edges(slab, cells, edges), sums);
  };
  return sum_edge_blocks(edges, width, visit_slab, comm, block_rows);
}

std::vector<double> sum_core_edges(const std::filesystem::path& file, const Cells& cells, std::size_t width,
                                   const EdgeVisitor& visit, const core::Comm& comm,
                                   std::uint64_t block_rows) {
  const auto visit_block = [&](std::uint64_t, const CoreEdges& edges, std::span<double> sums) {
    for (std::size_t i = 0; i < edges.size(); ++i)
      visit(edges.source[i], edges.target[i], edges.weight[i], sums);
  };
  return sum_core_edge_blocks(file, cells, width, visit_block, comm, block_rows);
}

}  // namespace striate::metrics
