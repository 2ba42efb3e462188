// SPDX-License-Identifier: BSD-3-Clause
// SONATA node sets: named selections of nodes by attribute (AND over keys, OR over listed values), by
// explicit ids, or compound (a list of names). Every population name and "all" are sets of their own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/sonata/nodes.hpp"

namespace striate::io {

/// Members of one population, as indices into its file order, ascending.
struct NodeSelection {
  std::size_t population;  ///< index into the populations given
  std::vector<std::uint32_t> nodes;
};

class NodeSets {
 public:
  NodeSets() = default;
  /// Definitions: the config's inline "node_sets", else its "node_sets_file" (relative to the working
  /// directory).
  static NodeSets load(const SonataConfig& config);

  /// Resolves a name or an inline definition (object). Populations without members are left out. Throws
  /// ConfigError (naming `where`) for unknown names, unknown keys or populations, cycles, wrong value types.
  /// Values: scalar or list (equality), or {"$gt", "$lt", "$gte", "$lte", "$regex": value}. A pattern may
  /// match anywhere in the text, as in libsonata. A list of names is a compound set.
  std::vector<NodeSelection> resolve(const Json& name_or_definition,
                                     const std::vector<NodePopulation>& populations,
                                     const std::string& where) const;

 private:
  std::string definitions_at_;  ///< "run.json:/node_sets", for messages
  std::map<std::string, Json> definitions_;
};

}  // namespace striate::io
