// SPDX-License-Identifier: BSD-3-Clause
#include "builder/base_props/edits.hpp"

#include <fmt/format.h>

namespace striate::builder {

io::Position place_of(std::string text) {
  return {std::make_shared<const std::string>(std::move(text)), 0, 0};
}

io::ConfigNode& Edits::at(const Keys& keys, const io::Position& where) {
  auto* node = &tree_;
  for (const auto& key : keys) {
    node->kind = io::ConfigNode::Kind::map;
    auto* entry = const_cast<io::ConfigEntry*>(node->find(key));
    if (entry == nullptr) {
      node->entries.push_back({key, where, {}});
      entry = &node->entries.back();
      entry->value.position = where;
    }
    node = &entry->value;
  }
  return *node;
}

void Edits::set(const Keys& keys, const std::string& text, const io::Position& where) {
  auto& node = at(keys, where);
  node.kind = io::ConfigNode::Kind::scalar;
  node.text = text;
  node.position = where;
}

void Edits::set(const Keys& keys, double value, const io::Position& where) {
  set(keys, fmt::format("{}", value), where);
}

void Edits::compare(const Keys& keys, double value, double shipped, const io::Position& where) {
  if (value != shipped) set(keys, value, where);
}

void Edits::append(const Keys& keys, const std::string& text, const io::Position& where) {
  auto& node = at(keys, where);
  node.kind = io::ConfigNode::Kind::list;
  auto& item = node.items.emplace_back();
  item.kind = io::ConfigNode::Kind::scalar;
  item.text = text;
  item.position = where;
}

}  // namespace striate::builder
