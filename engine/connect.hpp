// SPDX-License-Identifier: BSD-3-Clause
// From edge files to the synapse tables of a rank. Every rank reads its contiguous share of each file in
// slabs, sends each edge to the rank that owns the target, and keeps only synapses onto its own neurons, so
// nobody ever holds an edge table. Two passes: the first counts rows and finds delays, the second fills
// exactly sized tables.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/comm.hpp"
#include "engine/input_tiles.hpp"
#include "engine/network.hpp"
#include "engine/partition.hpp"
#include "engine/simulation_spec.hpp"
#include "engine/synapses.hpp"
#include "engine/weights.hpp"
#include "io/edges.hpp"

namespace striate::engine {

/// What sends spikes: all neurons (row = Gid), or the virtual nodes of one population (row = node).
struct SourceSpace {
  std::optional<std::size_t> virtual_population;
};

/// One edge population of the config with its types, ready to be read.
struct EdgeSource {
  std::shared_ptr<const io::EdgePopulation> edges;
  std::shared_ptr<const EdgeResolver> resolver;
  std::size_t source_population;
  std::size_t target_population;
};

/// Opens all edge populations of the config, reads their types and finds which modfile rows apply.
/// Collective. Throws ConfigError for unknown populations or virtual targets.
std::vector<EdgeSource> open_edges(const io::SonataConfig& config, const SimulationSpec& spec,
                                   const Network& network, const core::Comm& comm);

/// Delays that occur, in steps, rising.
using Delays = std::vector<std::uint32_t>;

/// Builds the table of one source space.
class TableLoader {
 public:
  TableLoader(SourceSpace space, const std::vector<EdgeSource>& sources, const Network& network,
              const Partition& partition, const core::Comm& comm);
  /// First pass. Collective; the delays are those of all ranks.
  Delays count();
  /// Second pass. Collective.
  SynapseTable fill(const InputTiles& inputs, const Neurons& neurons);
  /// Rows of the edge files that belong to this space, over all ranks.
  std::uint64_t edge_rows() const;

 private:
  std::uint32_t source_row(const EdgeSource& source, std::uint32_t node) const;

  SourceSpace space_;
  std::vector<EdgeSource> sources_;
  const Network& network_;
  const Partition& partition_;
  const core::Comm& comm_;
  SynapseTableBuilder builder_;
  Delays delays_;
  bool all_float_ = true;  ///< of the weights that count() looked at
};

}  // namespace striate::engine
