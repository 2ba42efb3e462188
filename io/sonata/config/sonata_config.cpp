// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/config/sonata_config.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include <fmt/ranges.h>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/sonata/config/sonata_variables.hpp"

namespace striate::io {
namespace {

constexpr std::array<const char*, 2> child_keys{"network", "simulation"};
constexpr int deepest_child = 8;
constexpr const char* default_output_dir = "output";

/// A text that names a file or folder. Refuses variables nobody defined: they would become part of a name.
std::string checked_path(const std::string& path, const std::string& where) {
  if (const auto variable = unresolved_variable(path))
    throw core::ConfigError("{} = \"{}\" refers to ${} (no such variable) define it in the manifest", where,
                            path, *variable);
  if (path.empty()) throw core::ConfigError("{} is empty (a path is needed)", where);
  return path;
}

/// What to do about child configs that are not there, and what to say.
enum class Purpose { run, plan };

struct Context {
  std::time_t now;
  Purpose purpose;
};

/// A document with its variables replaced and its children merged.
struct Resolved {
  Json document;
  std::map<std::string, std::filesystem::path> section_files;
  std::vector<NamedPath> children;
};

Resolved resolve(Json document, const std::filesystem::path& file, const Context& context, int depth);

/// As Python's dict.update: a child's section replaces the parent's of the same name.
void merge_child(Resolved& parent, Resolved child, const std::filesystem::path& child_file, Purpose purpose) {
  for (auto& [key, value] : child.document.items()) {
    if (key == "config_path" || key == "config_dir") continue;
    if (purpose == Purpose::run && parent.document.contains(key) && parent.document[key] != value)
      core::log::warning("section {} of {} replaces the one read before (a child config wins)", key,
                         child_file);
    const auto origin = child.section_files.find(key);
    parent.section_files[key] = origin == child.section_files.end() ? child_file : origin->second;
    parent.document[key] = std::move(value);
  }
  std::ranges::move(child.children, std::back_inserter(parent.children));
}

void merge_children(Resolved& parent, const std::filesystem::path& file, const Context& context, int depth) {
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
    parent.children.push_back({child_file, where});
    std::error_code ignored;
    if (context.purpose == Purpose::plan && !std::filesystem::exists(child_file, ignored)) continue;
    core::require_readable(child_file, "named by " + where);
    merge_child(parent, resolve(read_json(child_file), child_file, context, depth + 1), child_file,
                context.purpose);
  }
}

Resolved resolve(Json given, const std::filesystem::path& file, const Context& context, int depth) {
  Resolved result{.document = std::move(given), .section_files = {}, .children = {}};
  Json& document = result.document;
  const JsonSection root(document, file, "");
  Variables variables = built_in_variables(file, context.now);
  if (const auto manifest = root.section("manifest"))
    variables = resolve_manifest(*manifest, std::move(variables));
  document.erase("manifest");
  expand_variables(document, variables, fmt::format("{}:", file));
  merge_children(result, file, context, depth);
  document["config_path"] = file.string();
  document["config_dir"] = file.parent_path().string();
  return result;
}

std::optional<std::filesystem::path> types_file(const JsonSection& entry, std::string_view key) {
  const auto path = entry.string(key);
  if (!path || is_no_table(*path)) return std::nullopt;
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

/// Edges of a file that is listed twice would all count twice.
void require_distinct_edges(const std::vector<EdgesEntry>& edges, const JsonSection& networks) {
  std::set<std::filesystem::path> known;
  for (const auto& entry : edges) {
    std::error_code error;
    auto file = std::filesystem::weakly_canonical(entry.edges_file, error);
    if (!known.insert(error ? entry.edges_file : std::move(file)).second)
      throw core::ConfigError("{} is listed twice in {} (its edges would count twice) remove one entry",
                              entry.edges_file, networks.where("edges"));
  }
}

void read_networks(SonataConfig& config) {
  const JsonSection networks = config.section("networks");
  config.nodes = read_entries<NodesEntry>(networks, "nodes", "nodes_file", "node_types_file");
  config.edges = read_entries<EdgesEntry>(networks, "edges", "edges_file", "edge_types_file");
  networks.warn_unknown_keys();
  require_distinct_edges(config.edges, networks);
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
    for (const auto& [key, value] : input.json().items()) {
      if (!key.ends_with("file") && key != "file_name") continue;
      if (value.is_string()) checked_path(value.get<std::string>(), input.where(key));
      if (value.is_array())
        for (const auto& item : value)
          if (item.is_string()) checked_path(item.get<std::string>(), input.where(key));
    }
  }
}

/// The output folder, and -o over what the config says. Files lie below it: io/sonata/config_files.hpp.
void complete_output(SonataConfig& config, const ConfigOverrides& overrides) {
  config.output_dir = default_output_dir;
  if (!overrides.output_dir && !config.optional_section("output")) return;
  Json& output = config.document["output"];
  if (output.is_null()) output = Json::object();
  const JsonSection section = config.section("output");
  if (overrides.output_dir) {
    auto folder = std::filesystem::absolute(*overrides.output_dir).lexically_normal();
    if (!folder.has_filename() && folder.has_relative_path()) folder = folder.parent_path();  // "out/"
    output["output_dir"] = folder.string();
    // Of several runs each keeps its name.
    const auto redirect = [&](const char* key, const char* name) {
      auto& value = output[key];
      if (!value.is_array()) {
        value = (folder / name).string();
        return;
      }
      for (auto& item : value)
        if (item.is_string())
          item = (folder / std::filesystem::path(item.get<std::string>()).filename()).string();
    };
    redirect("log_file", "log.txt");
    redirect("spikes_file", "spikes.h5");
    redirect("spikes_file_csv", "spikes.csv");
  }
  const std::string folder =
      checked_path(section.string("output_dir").value_or(default_output_dir), section.where("output_dir"));
  output["output_dir"] = folder;
  config.output_dir = folder;
  for (const auto& [key, value] : output.items()) {
    if (key != "log_file" && !key.starts_with("spikes_file")) continue;
    const auto paths = section.strings(key).value_or(std::vector<std::string>{});
    for (const auto& path : paths) checked_path(path, section.where(key));
  }
}

/// A network directory is easily meant for one of its configurations.
void require_no_folder(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(file, ignored)) return;
  std::vector<std::string> configs;
  for (const auto& folder : {file / "configs", file})
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
      if (entry.path().extension() == ".json" && entry.path().filename().string().starts_with("config"))
        configs.push_back(entry.path().string());
  std::ranges::sort(configs);
  constexpr std::size_t most_shown = 6;
  const auto more = configs.size() > most_shown ? ", …" : "";
  configs.resize(std::min(configs.size(), most_shown));
  throw core::MissingFileError(
      "{} is a folder (a configuration is needed){}", file,
      configs.empty() ? ""
                      : fmt::format(" name one of its configurations: {}{}", fmt::join(configs, ", "), more));
}

void take(SonataConfig& config, Resolved resolved) {
  config.document = std::move(resolved.document);
  config.section_files = std::move(resolved.section_files);
  config.children = std::move(resolved.children);
}

}  // namespace

bool is_no_table(std::string_view types_file) {
  return types_file.empty() || types_file == "NULL";
}

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
  require_no_folder(file);
  core::require_readable(file, "it is needed as a configuration");
  SonataConfig config;
  config.file = std::filesystem::absolute(file).lexically_normal();
  take(config, resolve(read_json(config.file), config.file,
                       {overrides.now.value_or(std::time(nullptr)), Purpose::run}, 0));
  complete_output(config, overrides);
  if (!overrides.network_in_memory || config.optional_section("networks")) read_networks(config);
  check_input_paths(config);
  if (overrides.modfile)
    config.document["modfile"] = std::filesystem::absolute(*overrides.modfile).lexically_normal().string();
  return config;
}

void check_top_level(const SonataConfig& config) {
  static const std::vector<std::string> sections{
      "run",     "inputs",   "reports",    "output",  "networks",   "node_sets",       "node_sets_file",
      "modfile", "manifest", "components", "network", "simulation", "target_simulator"};
  static const std::set<std::string> other{"conditions", "config_path", "config_dir", "version", "name"};
  std::vector<std::string> absent;
  for (const auto& section : sections)
    if (!config.document.contains(section)) absent.push_back(section);
  const JsonSection root(config.document, config.file, "");
  for (const auto& [key, unused] : config.document.items()) {
    if (other.contains(key) || std::ranges::find(sections, key) != sections.end()) continue;
    const auto meant = core::nearest(key, absent);
    if (!meant.empty())
      throw core::ConfigError("unknown key {} (what it asks for would be ignored) did you mean {}?",
                              root.where(key), meant);
    core::log::warning("unknown key {} (ignored)", root.where(key));
  }
}

SonataConfig planned_config(const Json& document, const std::filesystem::path& file) {
  SonataConfig config;
  config.file = std::filesystem::absolute(file).lexically_normal();
  take(config, resolve(document, config.file, {0, Purpose::plan}, 0));
  config.output_dir = default_output_dir;
  if (const auto output = config.document.find("output"); output != config.document.end())
    if (output->is_object() && output->contains("output_dir") && output->at("output_dir").is_string())
      config.output_dir = output->at("output_dir").get<std::string>();
  return config;
}

}  // namespace striate::io
