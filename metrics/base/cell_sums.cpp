// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/cell_sums.hpp"

#include <cmath>

#include "core/errors/error.hpp"

namespace striate::metrics {
namespace {

double checked(double value, std::uint64_t row, const io::EdgePopulation& edges) {
  if (!std::isfinite(value))
    throw core::FormatError("no syn_weight or number of synapses in row {} of {} (its group lacks them)", row,
                            edges.file());
  return std::abs(value);
}

}  // namespace

std::optional<io::EdgeColumn> synapse_counts(const io::EdgePopulation& edges, const io::EdgeSlab& slab) {
  auto counts = edges.read_attribute("n_syns_", slab.first, slab.size());
  if (!counts) counts = slab.nsyns ? slab.nsyns : edges.read_attribute("nsyns", slab.first, slab.size());
  return counts;
}

std::vector<double> cell_sums(const std::filesystem::path& edge_file, const Cells& cells,
                              EdgeQuantity quantity, const core::Comm& comm, std::uint64_t block_rows) {
  const io::EdgePopulation edges(edge_file, v1_edge_population);
  const bool counts_synapses = quantity == EdgeQuantity::outgoing_synapses;
  if (!counts_synapses) require_edge_weights(edges);
  const auto visit = [&](std::uint64_t, const io::EdgeSlab& slab, std::span<double> sums) {
    const auto values = counts_synapses ? synapse_counts(edges, slab) : slab.syn_weight;
    for (std::size_t i = 0; i < slab.size(); ++i) {
      const auto [source, target] = ends_of(slab, i, cells, edges.file());
      sums[quantity == EdgeQuantity::incoming_weight ? target : source] +=
          values ? checked(values->values[i], slab.first + i, edges) : 1;
    }
  };
  const auto sums = sum_edge_blocks(edges, cells.size(), visit, comm, block_rows);
  return comm.all_gather_v(std::span<const double>(sums));  // only the root has some
}

}  // namespace striate::metrics
