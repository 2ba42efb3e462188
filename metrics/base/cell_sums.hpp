// SPDX-License-Identifier: BSD-3-Clause
// Sums over all edges from or to each cell of V1, wherever the other end lies: the quantities by which cells
// are ranked. They do not depend on ranks.
#pragma once

#include <filesystem>
#include <vector>

#include "metrics/base/edge_blocks.hpp"

namespace striate::metrics {

enum class EdgeQuantity {
  outgoing_weight,  ///< |syn_weight| (pA), not multiplied by numbers of synapses
  outgoing_synapses,  ///< n_syns_, else nsyns, else one for each edge
  incoming_weight,  ///< |syn_weight| (pA)
};

/// [cell row], 0 for cells without edges; on every rank. Collective. Throws FormatError for edges without
/// syn_weight where weights are asked for.
std::vector<double> cell_sums(const std::filesystem::path& edge_file, const Cells& cells,
                              EdgeQuantity quantity, const core::Comm& comm,
                              std::uint64_t block_rows = edge_block_rows);

/// Numbers of synapses of the edges of a slab, of which ends suffice; nullopt when the file has none.
std::optional<io::EdgeColumn> synapse_counts(const io::EdgePopulation& edges, const io::EdgeSlab& slab);

}  // namespace striate::metrics
