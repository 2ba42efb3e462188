// SPDX-License-Identifier: BSD-3-Clause
// The changes found so far, each with the cell that it comes from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/text/config_tree.hpp"

namespace striate::builder {

using Keys = std::vector<std::string>;

/// A place that is no line of a text: "seed.xlsx sheet cell_models cell P3".
io::Position place_of(std::string text);

class Edits {
 public:
  Edits() { tree_.kind = io::ConfigNode::Kind::map; }
  /// `text` becomes the value at these keys.
  void set(const Keys& keys, const std::string& text, const io::Position& where);
  /// The shortest text of a number.
  void set(const Keys& keys, double value, const io::Position& where);
  /// Sets it where it differs from what the network has.
  void compare(const Keys& keys, double value, double shipped, const io::Position& where);
  /// `text` is added to the list at these keys.
  void append(const Keys& keys, const std::string& text, const io::Position& where);

  const io::ConfigNode& tree() const { return tree_; }

 private:
  io::ConfigNode& at(const Keys& keys, const io::Position& where);

  io::ConfigNode tree_;
};

}  // namespace striate::builder
