// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/sonata_config.hpp"

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/log.hpp"
#include "io/sonata/sonata_variables.hpp"

namespace striate::io {
namespace {

constexpr std::array<const char*, 2> child_keys{"network", "simulation"};
constexpr int deepest_child = 8;

/// A text that names a file or folder. Refuses variables nobody defined: they would become part of a name.
std::string checked_path(const std::string& path, const std::string& where) {
  if (const auto variable = unresolved_variable(path))
    throw core::ConfigError("{} = \"{}\" refers to ${} (no such variable) define it in the manifest", where,
                            path, *variable);
  if (path.empty()) throw core::ConfigError("{} is empty (a path is needed)", where);
  return path;
}

/// A document with its variables replaced and its children merged.
struct Resolved {
  Json document;
  std::map<std::string, std::filesystem::path> section_files;
};

Resolved resolve(const std::filesystem::path& file, std::time_t now, int depth);

/// As Python's dict.update: a child's section replaces the parent's of the same name.
void merge_child(Resolved& parent, Resolved child, const std::filesystem::path& child_file) {
  for (auto& [key, value] : child.document.items()) {
    if (key == "config_path" || key == "config_dir") continue;
    if (parent.document.contains(key))
      core::log::warning("section {} of {} replaces the one read before (a child config wins)", key,
                         child_file);
    const auto origin = child.section_files.find(key);
    parent.section_files[key] = origin == child.section_files.end() ? child_file : origin->second;
    parent.document[key] = std::move(value);
  }
}

void merge_children(Resolved& parent, const std::filesystem::path& file, std::time_t now, int depth) {
  for (const std::string key : child_keys) {
    if (!parent.document.contains(key) || !parent.document[key].is_string()) continue;
    const std::string where = fmt::format("{}:/{}", file, key);
    if (depth == deepest_child)
      throw core::ConfigError("{} leads to more than {} configs inside one another (a circle?)", where,
                              deepest_child);
    const auto child_file =
        (file.parent_path() / checked_path(parent.document[key].get<std::string>(), where))
            .lexically_normal();
    parent.document.erase(key);
    core::require_readable(child_file, "named by " + where);
    merge_child(parent, resolve(child_file, now, depth + 1), child_file);
  }
}

Resolved resolve(const std::filesystem::path& file, std::time_t now, int depth) {
  Resolved result{.document = read_json(file), .section_files = {}};
  Json& document = result.document;
  const JsonSection root(document, file, "");
  Variables variables = built_in_variables(file, now);
  if (const auto manifest = root.section("manifest"))
    variables = resolve_manifest(*manifest, std::move(variables));
  document.erase("manifest");
  expand_variables(document, variables, fmt::format("{}:", file));
  merge_children(result, file, now, depth);
  document["config_path"] = file.string();
  document["config_dir"] = file.parent_path().string();
  return result;
}

/// BMTK's and libsonata's ways to say "no table of types".
std::optional<std::filesystem::path> types_file(const JsonSection& entry, std::string_view key) {
  const auto path = entry.string(key);
  if (!path || path->empty() || *path == "NULL") return std::nullopt;
  return checked_path(*path, entry.where(key));
}

template <class Entry>
std::vector<Entry> read_entries(const JsonSection& networks, const std::string& list, const char* file_key,
                                const char* types_key) {
  std::vector<Entry> entries;
  if (!networks.has(list)) return entries;
  const Json& items = networks.require(list);
  if (!items.is_array())
    throw core::ConfigError("{} is not a list (needed are objects with the key {})", networks.where(list),
                            file_key);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const JsonSection entry(items[i], networks.file(), fmt::format("/networks/{}/{}", list, i));
    entry.accept({file_key, types_key, "populations"});
    if (!entry.boolean("enabled").value_or(true)) continue;
    entries.push_back(
        {checked_path(entry.require_string(file_key), entry.where(file_key)), types_file(entry, types_key)});
    entry.warn_unknown_keys();
  }
  return entries;
}

void read_networks(SonataConfig& config) {
  const JsonSection networks = config.section("networks");
  config.nodes = read_entries<NodesEntry>(networks, "nodes", "nodes_file", "node_types_file");
  config.edges = read_entries<EdgesEntry>(networks, "edges", "edges_file", "edge_types_file");
  networks.warn_unknown_keys();
  if (config.nodes.empty())
    throw core::ConfigError("{} lists no nodes (a network needs at least one nodes_file)",
                            networks.where("nodes"));
}

/// Files of enabled inputs, whatever their module.
void check_input_paths(const SonataConfig& config) {
  const auto inputs = config.optional_section("inputs");
  if (!inputs) return;
  for (const auto& [name, unused] : inputs->json().items()) {
    const JsonSection input = inputs->require_section(name);
    if (input.json().value("enabled", Json(true)) == Json(false)) continue;
    for (const auto& [key, value] : input.json().items())
      if (value.is_string() && (key.ends_with("file") || key == "file_name"))
        checked_path(value.get<std::string>(), input.where(key));
  }
}

bool starts_with_folder(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder.ends_with('/') ? folder : folder + "/");
}

/// Puts log and spike files below the output folder, and -o over what the config says.
void complete_output(SonataConfig& config, const ConfigOverrides& overrides) {
  Json& output = config.document["output"];
  if (output.is_null()) output = Json::object();
  const JsonSection section = config.section("output");
  if (overrides.output_dir) {
    auto folder = std::filesystem::absolute(*overrides.output_dir).lexically_normal();
    if (!folder.has_filename() && folder.has_relative_path()) folder = folder.parent_path();  // "out/"
    output["output_dir"] = folder.string();
    output["log_file"] = (folder / "log.txt").string();
    output["spikes_file"] = (folder / "spikes.h5").string();
    output["spikes_file_csv"] = (folder / "spikes.csv").string();
  }
  const std::string folder =
      checked_path(section.string("output_dir").value_or("output"), section.where("output_dir"));
  output["output_dir"] = folder;
  config.output_dir = folder;
  for (auto& [key, value] : output.items()) {
    if ((key != "log_file" && !key.starts_with("spikes_file")) || value.is_null()) continue;
    const std::string path = checked_path(section.require_string(key), section.where(key));
    if (!std::filesystem::path(path).is_absolute() && !starts_with_folder(path, folder))
      value = (std::filesystem::path(folder) / path).string();
  }
}

}  // namespace

std::filesystem::path SonataConfig::component_dir(const std::string& key) const {
  const auto components = section("components");
  return checked_path(components.require_string(key), components.where(key));
}

std::optional<JsonSection> SonataConfig::optional_section(const std::string& key) const {
  const auto origin = section_files.find(key);
  return JsonSection(document, origin == section_files.end() ? file : origin->second, "").section(key);
}

JsonSection SonataConfig::section(const std::string& key) const {
  const auto origin = section_files.find(key);
  return JsonSection(document, origin == section_files.end() ? file : origin->second, "")
      .require_section(key);
}

SonataConfig load_sonata_config(const std::filesystem::path& file, const ConfigOverrides& overrides) {
  core::require_readable(file, "it is needed as a configuration");
  SonataConfig config;
  config.file = std::filesystem::absolute(file).lexically_normal();
  Resolved resolved = resolve(config.file, overrides.now.value_or(std::time(nullptr)), 0);
  config.document = std::move(resolved.document);
  config.section_files = std::move(resolved.section_files);
  complete_output(config, overrides);
  if (!overrides.network_in_memory || config.optional_section("networks")) read_networks(config);
  check_input_paths(config);
  if (overrides.modfile)
    config.document["modfile"] = std::filesystem::absolute(*overrides.modfile).lexically_normal().string();
  return config;
}

}  // namespace striate::io
