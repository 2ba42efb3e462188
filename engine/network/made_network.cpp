// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/made_network.hpp"

#include <algorithm>

#include "core/errors/error.hpp"

namespace striate::engine {
namespace {

template <class Part>
const Part& find_part(const std::vector<Part>& parts, const std::filesystem::path& file,
                      const MadeNetwork& network, const std::string& where) {
  const auto part = std::ranges::find(parts, file.filename().string(), &Part::file_name);
  if (part != parts.end()) return *part;
  std::string known;
  for (const auto& other : parts) known += (known.empty() ? "" : ", ") + other.file_name;
  throw core::ConfigError(
      "{} names {}, which is no part of the network '{}' (made in memory are {}) run it without --network",
      where, file, network.name, known);
}

}  // namespace

MadeNetwork wanted_parts(const MadeNetwork& network, const io::SonataConfig& config) {
  if (config.nodes.empty() && config.edges.empty()) return network;
  MadeNetwork wanted{.name = network.name,
                     .nodes = {},
                     .edges = {},
                     .cell_models = network.cell_models,
                     .synaptic_models = network.synaptic_models,
                     .attributes = network.attributes};
  for (const auto& entry : config.nodes)
    wanted.nodes.push_back(
        find_part(network.nodes, entry.nodes_file, network, fmt::format("{}:/networks/nodes", config.file)));
  for (const auto& entry : config.edges)
    wanted.edges.push_back(
        find_part(network.edges, entry.edges_file, network, fmt::format("{}:/networks/edges", config.file)));
  return wanted;
}

}  // namespace striate::engine
