// SPDX-License-Identifier: BSD-3-Clause
// A column of texts such as model_template: each node's own value (nodes.h5) over that of its type
// (node_types.csv), with the place where it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/sonata/nodes.hpp"

namespace striate::io {

class NodeTexts {
 public:
  /// Throws FormatError for a column that holds anything but texts. The population must outlive it.
  NodeTexts(const NodePopulation& nodes, std::string key);

  /// Some nodes have values of their own; else nodes of one type have one value.
  bool has_own_values() const { return has_own_; }
  /// nullopt when neither has the column or the value is NULL, empty or alike. A node's own empty cell does
  /// not fall back to its type: FormatError when the type has a value, since either could be meant.
  std::optional<std::string> of(std::uint32_t node) const;
  /// "nodes.h5:/nodes/v1/0/model_template row 3", or the table with type and column.
  std::string place(std::uint32_t node) const;

 private:
  const NodePopulation& nodes_;
  std::string key_;
  bool has_own_ = false;
  std::vector<std::optional<std::vector<std::string>>> own_;  ///< [group][row]
  const std::string* own(std::uint32_t node) const;
  std::optional<std::string> of_type(std::uint32_t node) const;
};

}  // namespace striate::io
