// SPDX-License-Identifier: BSD-3-Clause
// Node populations: ids, types and attributes. Small beside the edges, so every rank holds them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "io/sonata_config.hpp"
#include "io/type_table.hpp"

namespace striate::io {

/// One column over all nodes of a population, file order: numbers (NaN where a group lacks it) or texts.
using NodeColumn = std::variant<std::vector<double>, std::vector<std::string>>;

struct NodePopulation {
  std::string name;
  std::filesystem::path nodes_file;
  std::vector<std::uint64_t> node_id;  ///< [N], file order; any distinct ids
  std::vector<std::uint64_t> node_type_id;  ///< [N]
  std::vector<std::uint32_t> type_row;  ///< [N], row of `types`
  TypeTable types;

  std::size_t size() const { return node_id.size(); }
  /// Position of a node id in file order, or nullopt. O(1); ids 0..N-1 in order need no table.
  std::optional<std::uint32_t> index_of(std::uint64_t id) const;
  /// A per-node attribute or type column; attributes in nodes.h5 (group "0", "1", … through node_group_index)
  /// override columns of node_types.csv. nullopt when neither has it. Also answers "node_id", "node_type_id".
  std::optional<NodeColumn> column(const std::string& key) const;
  /// Text of a type column or of a per-node attribute for one node; nullopt when absent.
  std::optional<std::string> text(std::size_t node, const std::string& key) const;

  /// Filled by read_node_populations when ids are not 0..N-1 in order.
  std::unordered_map<std::uint64_t, std::uint32_t> index_by_id;
};

/// All populations of the given files: files in config order, populations inside a file alphabetically.
/// Throws FormatError for unequal lengths, types without a row, duplicate node ids, bad group references;
/// ConfigError for a population name that occurs twice.
std::vector<NodePopulation> read_node_populations(const std::vector<NodesEntry>& entries);

}  // namespace striate::io
