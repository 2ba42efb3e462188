// SPDX-License-Identifier: BSD-3-Clause
// Which rows of a modfile apply to the edges of a type (decided by the source and target of its first edge)
// and what they do to a weight.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/network/edges/weight_rules.hpp"

namespace striate::engine {

/// Texts of node properties, each read at most once. The population must outlive it.
class PropertyTexts {
 public:
  explicit PropertyTexts(const io::NodePopulation& nodes) : nodes_(nodes) {}
  /// Throws ConfigError for a property that the population does not have: it would silently match nothing.
  void require(const std::string& property) const;
  std::optional<std::string> of(std::uint32_t node, const std::string& property);

 private:
  const io::NodePopulation& nodes_;
  std::map<std::string, io::NodeColumn> attributes_;
};

bool matches(const ModfileRow& row, PropertyTexts& sources, std::uint32_t source, PropertyTexts& targets,
             std::uint32_t target);

double modified(const ModfileRow& row, double weight);

/// What to say of rows that change no edge type: `used` is [row], of all edge populations together.
std::vector<std::string> unused_modifications(const std::filesystem::path& modfile,
                                              std::span<const ModfileRow> rows,
                                              const std::vector<bool>& used);

}  // namespace striate::engine
