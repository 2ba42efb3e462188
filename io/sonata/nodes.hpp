// SPDX-License-Identifier: BSD-3-Clause
// Node populations: ids, types and attributes. Small beside the edges, so every rank holds them: a few bytes
// a node.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/node_ids.hpp"
#include "io/sonata/type_table.hpp"

namespace striate::io {

/// One column over all nodes of a population, file order: numbers (NaN where a group lacks it) or texts.
using NodeColumn = std::variant<std::vector<double>, std::vector<std::string>>;

/// A group of nodes.h5 with the per-node attributes it stores.
struct NodeGroup {
  std::string path;  ///< "/nodes/v1/0"
  std::vector<std::string> attributes;
  std::vector<std::string> parameters;  ///< datasets of its subgroup dynamics_params
  std::vector<std::string> unreadable;  ///< datasets that are no list of numbers or texts
};

/// Values of a type column, one per row of the table: numbers when every cell that is present is one.
std::optional<NodeColumn> type_column(const TypeTable& types, const std::string& key);

/// Gives a value per node. Not the values themselves, so that they need not be held twice.
using AttributeInMemory = std::function<std::vector<double>()>;

struct NodePopulation {
  /// type_row of a node without type (id -1, or no table of types given).
  static constexpr std::uint32_t no_type_row = 0xFFFFFFFF;

  std::string name;
  std::filesystem::path nodes_file;
  NodeIds node_id;  ///< [N], file order; any distinct ids
  std::vector<std::uint32_t> type_row;  ///< [N], row of `types`, or no_type_row
  TypeTable types;

  std::size_t size() const { return node_id.size(); }
  /// An id of -1 as the largest number.
  std::uint64_t node_type_id(std::size_t node) const {
    return listed_type_id.empty() ? types.ids()[type_row[node]] : listed_type_id[node];
  }
  /// Position of a node id in file order, or nullopt. O(1); ids 0..N-1 in order need no table.
  std::optional<std::uint32_t> index_of(std::uint64_t id) const;
  /// A per-node attribute or type column; attributes in nodes.h5 (group "0", "1", … through node_group_index)
  /// override columns of node_types.csv. nullopt when neither has it. Also answers "node_id", "node_type_id".
  /// Reads the attribute from the file each time. FormatError when it is damaged.
  std::optional<NodeColumn> column(const std::string& key) const;
  /// All that column() answers: type columns, then per-node attributes, then the ids.
  std::vector<std::string> column_names() const;
  bool has_attribute(const std::string& key) const;  ///< in nodes.h5, in any group
  /// The group of a node and the node's row of it; null for a population without groups.
  const NodeGroup* group(std::size_t node) const;
  std::uint64_t row_in_group(std::size_t node) const { return group_of.empty() ? node : group_row[node]; }
  /// Text of a type column or of a per-node attribute for one node; nullopt when absent. Quick for type
  /// columns; an attribute costs a read of the whole column.
  std::optional<std::string> text(std::size_t node, const std::string& key) const;

  std::vector<std::uint64_t> listed_type_id;  ///< [N], or empty when each node has a row of `types`
  /// Filled by read_node_populations when ids are not 0..N-1 in order.
  std::unordered_map<std::uint64_t, std::uint32_t> index_by_id;
  std::vector<NodeGroup> groups;
  /// Per-node attributes of a population that is in no file, see make_node_population.
  std::map<std::string, AttributeInMemory> attributes_in_memory;
  /// [N], index into `groups` and row of it. Empty when a single group holds the nodes in file order.
  std::vector<std::uint32_t> group_of;
  std::vector<std::uint64_t> group_row;
};

/// An attribute of one group, a value per row of the group.
NodeColumn read_attribute(const NodePopulation& population, const NodeGroup& group, const std::string& key);

/// Values of one parameter under GROUP/dynamics_params.
struct ParameterTable {
  std::uint64_t width = 1;  ///< values per row
  std::vector<double> values;  ///< [row * width + i]
};
/// Throws FormatError for anything but numbers.
ParameterTable read_parameter(const NodePopulation& population, const NodeGroup& group,
                              const std::string& parameter);

/// All populations of the given files: files in config order, populations inside a file alphabetically.
/// Throws FormatError for unequal lengths, types without a row, duplicate node ids, bad group references;
/// ConfigError for a population name that occurs twice.
std::vector<NodePopulation> read_node_populations(const std::vector<NodesEntry>& entries);

/// A population that is in no file: node ids 0, 1, … Throws FormatError for a type without a row.
NodePopulation make_node_population(const std::string& name, const std::vector<std::uint64_t>& type_ids,
                                    TypeTable types, std::map<std::string, AttributeInMemory> attributes);

}  // namespace striate::io
