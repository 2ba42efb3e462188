// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/manifest.hpp"

#include <algorithm>
#include <set>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

constexpr const char *format_key = "format", *format = "striate network 1";
constexpr const char *complete_word = "complete", *unfinished_word = "unfinished";

Json to_json(const ManifestPart& part) {
  Json json{{"state", part.complete ? complete_word : unfinished_word},
            {"run_id", part.attributes.run_id},
            {"scheme", part.attributes.scheme},
            {"configuration", part.attributes.config_hash}};
  if (part.attributes.seed) json["seed"] = *part.attributes.seed;
  json["made"] = part.made;
  return json;
}

ManifestPart part_from(const JsonSection& section) {
  const auto state = section.require_string("state");
  if (state != complete_word && state != unfinished_word)
    throw core::ConfigError("invalid {}={} (must be {} or {})", section.where("state"), state, complete_word,
                            unfinished_word);
  ManifestPart part{.complete = state == complete_word,
                    .attributes = {.scheme = section.require_string("scheme"),
                                   .seed = std::nullopt,
                                   .config_hash = section.require_string("configuration"),
                                   .run_id = section.require_string("run_id")}};
  if (const auto seed = section.integer("seed")) part.attributes.seed = static_cast<std::uint64_t>(*seed);
  if (section.has("made")) part.made = section.require("made");
  return part;
}

ManifestFile file_from(const fs::path& name, const JsonSection& section) {
  const auto bytes = section.integer("bytes").value_or(-1);
  if (bytes < 0) throw core::ConfigError("invalid {} (the size of a file)", section.where("bytes"));
  return {.file = name,
          .part = section.require_string("part"),
          .bytes = static_cast<std::uint64_t>(bytes),
          .content_hash = section.string("sha256").value_or("")};
}

}  // namespace

bool Manifest::complete() const {
  return std::ranges::all_of(parts, [](const auto& part) { return part.second.complete; });
}

bool Manifest::is_unfinished(const std::string& part) const {
  const auto found = parts.find(part);
  return found != parts.end() && !found->second.complete;
}

RunAttributes Manifest::network() const {
  if (parts.empty()) return {};
  const auto cells = parts.find(core::v1_population);
  auto attributes = (cells == parts.end() ? parts.begin() : cells)->second.attributes;
  std::set<std::string> ids;
  std::string text;
  for (const auto& [name, part] : parts) {
    ids.insert(part.attributes.run_id);
    text += name + "=" + part.attributes.run_id + "\n";
  }
  if (ids.size() > 1) attributes.run_id = short_hash(text);
  return attributes;
}

const ManifestPart* Manifest::part_of(const std::string& name) const {
  for (const auto& [part, value] : parts) {
    const std::string edges = core::edges_file_name(part);
    const auto stem = std::string_view(edges).substr(0, edges.size() - core::data_ending.size());
    if (name == core::nodes_file_name(part) || name.starts_with(stem)) return &value;
  }
  return nullptr;
}

std::optional<Manifest> read_manifest(const fs::path& network_folder) {
  const auto path = network_folder / core::manifest_file_name;
  if (!is_there(path)) return std::nullopt;
  const Json json = read_json(path);
  if (!json.is_object() || json.value(format_key, Json()) != Json(format)) return std::nullopt;
  const JsonSection root(json, path, "");
  Manifest manifest;
  const auto parts = root.require_section("parts"), files = root.require_section("files");
  for (const auto& [name, unused] : parts.json().items())
    manifest.parts.emplace(name, part_from(parts.require_section(name)));
  for (const auto& [name, unused] : files.json().items())
    manifest.files.push_back(file_from(name, files.require_section(name)));
  if (const auto configurations = root.section("configurations"))
    for (const auto& [hash, value] : configurations->json().items())
      manifest.configurations.emplace(hash, value);
  return manifest;
}

bool is_unfinished(const fs::path& network_folder) {
  const auto manifest = read_manifest(network_folder);
  return manifest && !manifest->complete();
}

bool is_as_recorded(const fs::path& file) {
  const auto path = fs::absolute(file);
  const auto folder = path.parent_path();
  std::error_code error;
  const auto recorded = fs::last_write_time(folder / core::manifest_file_name, error);
  if (error) return false;
  const auto written = fs::last_write_time(path, error);
  if (error || written > recorded) return false;
  const auto bytes = fs::file_size(path, error);
  if (error) return false;
  try {
    const auto manifest = read_manifest(folder);
    return manifest && manifest->complete() &&
           std::ranges::any_of(manifest->files, [&](const ManifestFile& entry) {
             return entry.bytes == bytes &&
                    (folder.parent_path() / entry.file).lexically_normal() == path.lexically_normal();
           });
  } catch (const core::Error&) {
    return false;  // said by who needs the manifest
  }
}

std::string manifest_text(const Manifest& manifest) {
  Json json{{format_key, format},
            {"state", manifest.complete() ? complete_word : unfinished_word},
            {"run_id", manifest.network().run_id},
            {"parts", Json::object()},
            {"files", Json::object()},
            {"configurations", Json::object()}};
  for (const auto& [name, part] : manifest.parts) json["parts"][name] = to_json(part);
  for (const auto& file : manifest.files) {
    auto& entry = json["files"][file.file.string()];
    entry = {{"part", file.part}, {"bytes", file.bytes}};
    if (!file.content_hash.empty()) entry["sha256"] = file.content_hash;
  }
  for (const auto& [hash, value] : manifest.configurations) json["configurations"][hash] = value;
  return indented_text(json) + "\n";
}

}  // namespace striate::io
