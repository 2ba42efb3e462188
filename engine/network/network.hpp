// SPDX-License-Identifier: BSD-3-Clause
// The nodes of a simulation: which are neurons (numbered by Gid over all populations, in config and file
// order) and which are virtual, and the cell models of the neurons. Every rank holds this; edges are read
// elsewhere.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/errors/problems.hpp"
#include "core/values/ids.hpp"
#include "engine/network/made_network.hpp"
#include "engine/network/node_models.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/nodes.hpp"

namespace striate::engine {

inline constexpr std::uint32_t no_neuron = std::numeric_limits<std::uint32_t>::max();

struct Network {
  std::vector<io::NodePopulation> populations;
  std::vector<std::vector<std::uint32_t>> gid_of_node;  ///< [population][node], no_neuron for virtual nodes
  std::vector<std::uint32_t> population_of_gid;  ///< [gid]
  std::vector<std::uint32_t> node_of_gid;  ///< [gid], position in the population's file order
  std::vector<CellModel> models;
  std::vector<std::uint32_t> model_of_gid;  ///< [gid]

  std::size_t neuron_count() const { return model_of_gid.size(); }
  std::uint64_t node_id(core::Gid gid) const {
    return populations[population_of_gid[gid.value]].node_id[node_of_gid[gid.value]];
  }
  /// Position of a population by name, or ConfigError naming `where`.
  std::size_t population(const std::string& name, const std::string& where) const;
  bool has_neurons(std::size_t population) const;
  bool has_virtual_nodes(std::size_t population) const;
};

/// Reads all node populations and cell models of a config. Throws ConfigError or FormatError: unknown
/// model_type or template, missing parameter files, bad parameters, more neurons than 32-bit ids.
/// With `problems`, errors of nodes are recorded there and they are taken as virtual.
Network read_network(const io::SonataConfig& config, core::Problems* problems = nullptr);
/// The same from memory.
Network make_network(const MadeNetwork& made);

}  // namespace striate::engine
