// SPDX-License-Identifier: BSD-3-Clause
// A network that the caller makes in memory instead of leaving it in files. It is the network of the files
// that the same builder would write: same nodes, types, parameter files and edges; only the order of edges on
// their way into the tables differs, which tables do not keep. Each rank makes the edges onto its own
// neurons, so none travel.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/network/edges/weight_rules.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/edges.hpp"
#include "io/sonata/nodes.hpp"

namespace striate::engine {

struct MadeNodes {
  std::string file_name;  ///< by which a config speaks of them: "lgn_nodes.h5"
  io::NodePopulation population;
};

/// Edges onto some targets, target by target in any order, a target's edges by rising source.
struct MadeRows {
  std::uint64_t rows = 0;
  SlabReader read, read_without_weights;  ///< hold the edges; gone when these are
};

struct MadeEdges {
  std::string file_name;  ///< "lgn_v1_edges.h5"
  std::string name;  ///< "lgn_to_v1"
  std::string source_population, target_population;
  io::TypeTable types;
  std::uint64_t expected_rows = 0;  ///< of all targets, about
  std::uint64_t bytes_per_row = 8;  ///< that MadeRows hold
  /// Makes the edges onto these targets (rising node ids) alone.
  std::function<MadeRows(std::span<const std::uint32_t> targets)> make;
};

struct MadeNetwork {
  std::string name;  ///< for messages
  std::vector<MadeNodes> nodes;
  std::vector<MadeEdges> edges;
  ComponentTexts cell_models, synaptic_models;
  io::RunAttributes attributes = {};  ///< those of the files that it replaces
};

/// The parts that the entries of config.networks name, in their order; all when it has none. Throws
/// ConfigError for an entry that names no part.
MadeNetwork wanted_parts(const MadeNetwork& network, const io::SonataConfig& config);

}  // namespace striate::engine
