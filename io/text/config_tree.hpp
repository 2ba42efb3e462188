// SPDX-License-Identifier: BSD-3-Clause
// A YAML file as a tree of our own, because yaml-cpp keeps duplicate keys silently, turns "010" into 8 and
// "no" into false, and forgets which file a merged node came from. Scalars stay text until a reader says what
// they should be; every node knows its file, line and column. `extends: NAME_OR_PATH` at the top of a file
// merges it over another: maps key by key, lists named "delete" by joining, anything else by replacement.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/text/diagnostics.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::io {

struct ConfigEntry;

struct ConfigNode {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;  ///< of a scalar
  std::vector<ConfigNode> items;  ///< of a list
  std::vector<ConfigEntry> entries;  ///< of a map, in file order
  Position position;

  const ConfigEntry* find(const std::string& key) const;
  /// The value at a path of keys, making maps on the way; for values given on the command line.
  ConfigNode& at_path(const std::vector<std::string>& keys);
};

struct ConfigEntry {
  std::string key;
  Position position;
  ConfigNode value;
};

/// Reads a file and all it extends. Problems go to `diagnostics`; `files` gets every file read.
/// `kind` says where shipped names are looked for.
ConfigNode read_config(const std::filesystem::path& path, const ConfigKind& kind, Diagnostics& diagnostics,
                       std::vector<std::filesystem::path>* files = nullptr);

/// Merges `over` into `base` as `extends` does.
void merge(ConfigNode& base, const ConfigNode& over);

}  // namespace striate::io
