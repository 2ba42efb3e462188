// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/paradigm_loops.hpp"

#include <algorithm>
#include <set>

#include "core/text.hpp"

namespace striate::io {
namespace {

using Kind = ConfigNode::Kind;

std::vector<std::string> loop_values(const ConfigNode& node, const std::string& name,
                                     Diagnostics& diagnostics) {
  std::vector<std::string> values;
  if (node.kind == Kind::scalar) {
    const auto dots = node.text.find("..");
    // Differences of two `int` may need more bits.
    const auto number = [](const std::string& text) -> std::optional<std::int64_t> {
      return core::parse_number<int>(text);
    };
    const auto first = number(node.text.substr(0, dots)),
               last = dots == std::string::npos ? first : number(node.text.substr(dots + 2));
    if (!first || !last || *last < *first)
      diagnostics.report(node.position, "invalid {}='{}' (must be a list, or FIRST..LAST)", name, node.text);
    else if (*last - *first >= static_cast<std::int64_t>(most_combinations))
      diagnostics.report(node.position, "too many values in {}='{}' (at most {})", name, node.text,
                         most_combinations);
    else
      for (std::int64_t value = *first; value <= *last; ++value) values.push_back(std::to_string(value));
  }
  for (const auto& item : node.items)
    if (item.kind == Kind::scalar && !item.text.empty())
      values.push_back(item.text);
    else
      diagnostics.report(item.position, "invalid value of {} (must be a number or a word)", name);
  if (values.empty() && node.kind != Kind::scalar)
    diagnostics.report(node.position, "invalid {} (must be a list, or FIRST..LAST)", name);
  if (std::set(values.begin(), values.end()).size() != values.size())
    diagnostics.report(node.position, "invalid {} (a value occurs twice)", name);
  return values;
}

std::vector<Variables> combinations_of(const ConfigNode& block, const std::string& name,
                                       Diagnostics& diagnostics) {
  if (block.kind != Kind::map || block.entries.empty()) {
    diagnostics.report(block.position, "invalid block of {} (must be a map: variable to its values)", name);
    return {};
  }
  std::vector<Variables> combinations{{}};
  for (const auto& entry : block.entries) {
    const auto values = loop_values(entry.value, name + "." + entry.key, diagnostics);
    std::vector<Variables> longer;
    if (combinations.size() * values.size() > most_combinations) {
      diagnostics.report(entry.position, "too many combinations in {} (at most {})", name, most_combinations);
      return {};
    }
    for (const auto& combination : combinations)
      for (const auto& value : values) {
        longer.push_back(combination);
        longer.back().emplace_back(entry.key, value);
      }
    combinations = std::move(longer);
  }
  return combinations;
}

}  // namespace

std::vector<Variables> read_loops(const ConfigNode& blocks, const std::string& name,
                                  Diagnostics& diagnostics) {
  std::vector<Variables> all;
  if (blocks.kind != Kind::list || blocks.items.empty())
    diagnostics.report(blocks.position, "invalid {} (must be a list of blocks, each a map of loops)", name);
  for (const auto& block : blocks.items) {
    auto combinations = combinations_of(block, name, diagnostics);
    if (all.size() + combinations.size() > most_combinations) {
      diagnostics.report(block.position, "too many combinations in {} (at most {})", name, most_combinations);
      return {};
    }
    std::ranges::move(combinations, std::back_inserter(all));
  }
  return all;
}

}  // namespace striate::io
