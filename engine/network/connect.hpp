// SPDX-License-Identifier: BSD-3-Clause
// From edges to the synapse tables of a rank. Every rank reads its contiguous share of each file in slabs,
// sends each edge to the rank that owns the target, and keeps only synapses onto its own neurons, so nobody
// ever holds an edge table. Two passes: the first counts rows and finds delays, the second fills exactly
// sized tables. Edges that are made in memory need not travel: each rank makes those onto its own neurons.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/config/simulation_spec.hpp"
#include "engine/machine/input_tiles.hpp"
#include "engine/machine/synapses.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"
#include "io/sonata/edges.hpp"

namespace striate::engine {

/// Edges per read: few enough for the cache and for buffers that the allocator hands out again without new
/// pages (about 6 MB in flight). Chunks are unpacked by every slab that touches them, so that those of
/// chunked rows are large (about 100 MB in flight).
constexpr std::uint64_t rows_per_read(bool chunked) {
  return std::uint64_t{1} << (chunked ? 20 : 16);
}

/// What sends spikes: all neurons (row = Gid), or the virtual nodes of one population (row = node).
struct SourceSpace {
  std::optional<std::size_t> virtual_population;
};

/// A rank's part of an edge population, to be read in slabs.
struct EdgeShare {
  std::uint64_t first = 0, end = 0;
  std::uint64_t slab_rows = 1;
  std::uint64_t slabs = 0;  ///< the same on all ranks where edges travel; some may be empty
  bool travels = true;  ///< false: all targets are this rank's
  SlabReader read, read_without_weights;
};

/// One edge population with its types.
struct EdgeSource {
  std::string place;  ///< file or name, for messages
  std::shared_ptr<EdgeResolver> resolver;
  std::size_t source_population;
  std::size_t target_population;
  std::function<EdgeShare()> open;  ///< collective
};

/// Opens all edge populations of the config, reads their types and finds which modfile rows apply.
/// Collective. Throws ConfigError for unknown populations or virtual targets.
std::vector<EdgeSource> open_edges(const io::SonataConfig& config, const SimulationSpec& spec,
                                   const Network& network, const core::Comm& comm);
/// The same for a network in memory: all its edges, made when they are opened. `made` and `partition` must
/// outlive the result.
std::vector<EdgeSource> open_edges(const MadeNetwork& made, const SimulationSpec& spec,
                                   const Network& network, const Partition& partition,
                                   const core::Comm& comm);

/// Tells which rows of the modfile change no weight. Edges in memory must have been opened.
void warn_of_unused_rows(const SimulationSpec& spec, const std::vector<EdgeSource>& sources);

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

 private:
  std::uint32_t source_row(const EdgeSource& source, std::uint32_t node) const;
  void prefetch_row(const EdgeSource& source, std::uint32_t node) const;

  SourceSpace space_;
  std::vector<EdgeSource> sources_;
  std::vector<EdgeShare> shares_;  ///< [source], from count() on
  const Network& network_;
  const Partition& partition_;
  const core::Comm& comm_;
  SynapseTableBuilder builder_;
  Delays delays_;
  bool all_float_ = true;  ///< of the weights that count() looked at
};

}  // namespace striate::engine
