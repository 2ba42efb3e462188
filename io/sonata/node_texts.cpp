// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/node_texts.hpp"

#include <algorithm>

#include "core/errors/error.hpp"

namespace striate::io {

NodeTexts::NodeTexts(const NodePopulation& nodes, std::string key) : nodes_(nodes), key_(std::move(key)) {
  for (const auto& group : nodes.groups) {
    const auto place = fmt::format("{}:{}/{}", nodes.nodes_file, group.path, key_);
    const auto holds = [&](const std::vector<std::string>& names) {
      return std::ranges::find(names, key_) != names.end();
    };
    auto& values = own_.emplace_back();
    if (holds(group.unreadable))
      throw core::FormatError("{} is no list of texts (a text per node is needed)", place);
    if (!holds(group.attributes)) continue;
    auto column = read_attribute(nodes, group, key_);
    if (!std::holds_alternative<std::vector<std::string>>(column))
      throw core::FormatError("{} holds numbers (a text per node is needed)", place);
    values = std::get<std::vector<std::string>>(std::move(column));
    has_own_ = true;
  }
}

const std::string* NodeTexts::own(std::uint32_t node) const {
  if (!has_own_) return nullptr;
  const auto& values = own_[nodes_.group_of.empty() ? 0 : nodes_.group_of[node]];
  return values ? &values->at(nodes_.row_in_group(node)) : nullptr;
}

std::optional<std::string> NodeTexts::of_type(std::uint32_t node) const {
  if (nodes_.type_row[node] == NodePopulation::no_type_row) return std::nullopt;
  const auto cell = nodes_.types.text(nodes_.type_row[node], key_);
  return cell ? std::optional(std::string(*cell)) : std::nullopt;
}

std::optional<std::string> NodeTexts::of(std::uint32_t node) const {
  const auto* text = own(node);
  if (text == nullptr) return of_type(node);
  if (!is_absent(*text)) return *text;
  if (const auto of_its_type = of_type(node))
    throw core::FormatError(
        "{} holds '{}' ({} has '{}' for type {}, and either could be meant) write the value for every node",
        place(node), *text, nodes_.types.path(), *of_its_type, nodes_.node_type_id(node));
  return std::nullopt;
}

std::string NodeTexts::place(std::uint32_t node) const {
  if (own(node) != nullptr)
    return fmt::format("{}:{}/{} row {}", nodes_.nodes_file, nodes_.group(node)->path, key_,
                       nodes_.row_in_group(node));
  return fmt::format("{}, node_type_id {}, column {}", nodes_.types.path(),
                     static_cast<std::int64_t>(nodes_.node_type_id(node)), key_);
}

}  // namespace striate::io
