// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/edge_blocks.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "metrics/trial_counts.hpp"

namespace striate::metrics {

std::filesystem::path v1_edge_file(const std::filesystem::path& base, const std::string& option) {
  const bool plain = option.empty() || option == "plain";
  return base / "network" / fmt::format("v1_v1_edges{}.h5", plain ? "" : "_" + option);
}

std::vector<double> sum_core_edges(const std::filesystem::path& file, const Cells& cells, std::size_t width,
                                   const EdgeVisitor& visit, const core::Comm& comm,
                                   std::uint64_t block_rows) {
  const io::EdgePopulation edges(file, "v1_to_v1");
  if (!edges.has_attribute("syn_weight"))
    throw core::FormatError("no syn_weight in {} /edges/v1_to_v1 (weights of single edges are needed)", file);
  const auto visit_block = [&](std::uint64_t first, std::span<double> sums) {
    const auto slab = edges.read(first, std::min(block_rows, edges.size() - first));
    for (std::size_t i = 0; i < slab.size(); ++i) {
      const auto source = cells.row_of(slab.source_id[i]), target = cells.row_of(slab.target_id[i]);
      if (!source || !target || cells.core[*source] == 0 || cells.core[*target] == 0) continue;
      const double weight = slab.syn_weight->values[i];
      if (!std::isfinite(weight))
        throw core::FormatError("syn_weight of row {} in {} is {} (must be a number)", first + i, file,
                                weight);
      visit(*source, *target, weight, sums);
    }
  };
  std::vector<double> totals(comm.is_root() ? width : 0, 0);
  const std::uint64_t blocks = (edges.size() + block_rows - 1) / block_rows;
  const auto ranks = static_cast<std::uint64_t>(comm.size());
  for (std::uint64_t first = 0; first < blocks; first += ranks) {
    std::vector<double> sums;
    if (const auto mine = first + static_cast<std::uint64_t>(comm.rank()); mine < blocks) {
      sums.assign(width, 0);
      visit_block(mine * block_rows, sums);
    }
    const auto all = gather_to_root(std::span<const double>(sums), comm);
    for (std::size_t i = 0; i < all.size(); ++i) totals[i % width] += all[i];
  }
  return totals;
}

}  // namespace striate::metrics
