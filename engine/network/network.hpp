// SPDX-License-Identifier: BSD-3-Clause
// The nodes of a simulation: which are neurons and which are virtual, and the cell models of the neurons.
// Every rank holds this, some 12 bytes a node; edges are read elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/errors/problems.hpp"
#include "core/values/ids.hpp"
#include "engine/network/gids.hpp"
#include "engine/network/made_network.hpp"
#include "engine/network/node_models.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/nodes.hpp"

namespace striate::engine {

struct Network {
  std::vector<io::NodePopulation> populations;
  Gids gids;
  std::vector<CellModel> models;
  std::vector<std::uint32_t> model_of_gid;  ///< [gid]

  std::size_t neuron_count() const { return model_of_gid.size(); }
  std::uint64_t node_id(core::Gid gid) const {
    return populations[gids.population_of(gid.value)].node_id[gids.node_of(gid.value)];
  }
  /// Position of a population by name, or ConfigError naming `where`.
  std::size_t population(const std::string& name, const std::string& where) const;
};

/// Reads all node populations and cell models of a config. Throws ConfigError or FormatError: unknown
/// model_type or template, missing parameter files, bad parameters, more neurons than 32-bit ids.
/// With `problems`, errors of nodes are recorded there and they are taken as virtual.
Network read_network(const io::SonataConfig& config, core::Problems* problems = nullptr);
/// The same from memory.
Network make_network(const MadeNetwork& made);

}  // namespace striate::engine
