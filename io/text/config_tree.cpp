// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/config_tree.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

constexpr std::size_t most_nodes = 1'000'000;  ///< aliases can make a small file enormous
constexpr int deepest_level = 50;
constexpr std::size_t longest_chain = 16;  ///< of files that extend each other

Position place(const YAML::Mark& mark, const std::shared_ptr<const std::string>& file) {
  return {file, mark.line + 1, mark.column + 1};
}

/// Copies yaml-cpp's nodes into ours and reports duplicate keys.
struct Converter {
  std::shared_ptr<const std::string> file;
  Diagnostics& diagnostics;
  std::size_t nodes = 0;

  ConfigNode convert(const YAML::Node& node, int level) {
    ConfigNode result;
    result.position = place(node.Mark(), file);
    if (++nodes > most_nodes || level > deepest_level)
      throw core::ConfigError("{}: too large or too deeply nested (more than {} values or {} levels)",
                              to_string(result.position), most_nodes, deepest_level);
    if (node.IsScalar()) {
      result.kind = ConfigNode::Kind::scalar;
      result.text = node.Scalar();
    } else if (node.IsSequence()) {
      result.kind = ConfigNode::Kind::list;
      for (const auto& item : node) result.items.push_back(convert(item, level + 1));
    } else if (node.IsMap()) {
      result.kind = ConfigNode::Kind::map;
      for (const auto& entry : node) add_entry(result, entry.first, entry.second, level);
    }
    return result;
  }

  void add_entry(ConfigNode& map, const YAML::Node& key, const YAML::Node& value, int level) {
    const auto position = place(key.Mark(), file);
    if (!key.IsScalar()) {
      diagnostics.report(position, "invalid key (keys must be plain words)");
      return;
    }
    if (const auto* first = map.find(key.Scalar())) {
      diagnostics.report(position, "duplicate key '{}' (already given in line {}) keep one of them",
                         key.Scalar(), first->position.line);
      return;
    }
    map.entries.push_back({key.Scalar(), position, convert(value, level + 1)});
  }
};

ConfigNode parse_file(const std::filesystem::path& path, Diagnostics& diagnostics) {
  const std::string text = read_text_file(path, "it is needed as a configuration");
  const auto file = std::make_shared<const std::string>(path.string());
  ConfigNode root;
  try {
    root = Converter{file, diagnostics}.convert(YAML::Load(text), 0);
  } catch (const YAML::Exception& error) {
    diagnostics.report(place(error.mark, file), "invalid YAML ({})", error.msg);
    return {};
  }
  if (root.kind == ConfigNode::Kind::null) root.kind = ConfigNode::Kind::map;  // an empty file
  if (root.kind != ConfigNode::Kind::map)
    diagnostics.report({file, 1, 1}, "invalid configuration (must be a map of keys to values)");
  root.position = {file, 1, 1};
  return root;
}

ConfigNode read_chain(const std::filesystem::path& path, const ConfigKind& kind, Diagnostics& diagnostics,
                      std::vector<std::filesystem::path>& chain) {
  const auto canonical = std::filesystem::weakly_canonical(path);
  if (std::find(chain.begin(), chain.end(), canonical) != chain.end() || chain.size() >= longest_chain)
    throw core::ConfigError("{} extends itself (through {} files) remove one 'extends'", path, chain.size());
  chain.push_back(canonical);
  ConfigNode root = parse_file(path, diagnostics);
  if (root.kind != ConfigNode::Kind::map) return root;
  const auto extends = std::find_if(root.entries.begin(), root.entries.end(),
                                    [](const ConfigEntry& entry) { return entry.key == "extends"; });
  if (extends == root.entries.end()) return root;
  const ConfigNode parent_name = extends->value;
  root.entries.erase(extends);
  if (parent_name.kind != ConfigNode::Kind::scalar) {
    diagnostics.report(parent_name.position, "invalid 'extends' (must be one name or file)");
    return root;
  }
  std::filesystem::path parent;
  try {
    parent = find_config(kind, parent_name.text, path.parent_path());
  } catch (const core::Error& error) {
    diagnostics.report(parent_name.position, "{}", error.what());
    return root;
  }
  ConfigNode base = read_chain(parent, kind, diagnostics, chain);
  merge(base, root);
  base.position = root.position;
  return base;
}

}  // namespace

const ConfigEntry* ConfigNode::find(const std::string& key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

ConfigNode& ConfigNode::at_path(const std::vector<std::string>& keys) {
  ConfigNode* node = this;
  for (const auto& key : keys) {
    if (node->kind != Kind::map) {
      node->kind = Kind::map;
      node->text.clear();
      node->items.clear();
    }
    auto entry = std::find_if(node->entries.begin(), node->entries.end(),
                              [&](const ConfigEntry& candidate) { return candidate.key == key; });
    if (entry == node->entries.end()) entry = node->entries.insert(entry, {key, {}, {}});
    node = &entry->value;
  }
  return *node;
}

void merge(ConfigNode& base, const ConfigNode& over) {
  if (base.kind != ConfigNode::Kind::map || over.kind != ConfigNode::Kind::map) {
    base = over;
    return;
  }
  for (const auto& entry : over.entries) {
    const auto same = std::find_if(base.entries.begin(), base.entries.end(),
                                   [&](const ConfigEntry& candidate) { return candidate.key == entry.key; });
    if (same == base.entries.end())
      base.entries.push_back(entry);
    else if (entry.key == "delete" && same->value.kind == ConfigNode::Kind::list &&
             entry.value.kind == ConfigNode::Kind::list)
      same->value.items.insert(same->value.items.end(), entry.value.items.begin(), entry.value.items.end());
    else
      merge(same->value, entry.value);
  }
}

ConfigNode read_config(const std::filesystem::path& path, const ConfigKind& kind, Diagnostics& diagnostics,
                       std::vector<std::filesystem::path>* files) {
  core::require_readable(path, fmt::format("a {} is described there", kind.noun));
  std::vector<std::filesystem::path> chain;
  ConfigNode root = read_chain(path, kind, diagnostics, chain);
  if (files != nullptr) files->insert(files->end(), chain.begin(), chain.end());
  return root;
}

}  // namespace striate::io
