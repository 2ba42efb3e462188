// SPDX-License-Identifier: BSD-3-Clause
#include "builder/spec/resolved.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/hdf5/content_hash.hpp"
#include "io/text/json.hpp"

namespace striate::builder {
namespace {

namespace fs = std::filesystem;
using Kind = ConfigNode::Kind;

constexpr const char* table_key = "table";
constexpr const char* description_key = "description";  // says what a network is for, changes nothing

/// Tables are named relative to the file that names them.
fs::path file_of(const ConfigNode& table) {
  const fs::path folder = table.position.file ? fs::path(*table.position.file).parent_path() : fs::path();
  return fs::absolute(folder / table.text).lexically_normal();
}

bool is_table(const ConfigEntry& entry) {
  return entry.key == table_key && entry.value.kind == Kind::scalar;
}

/// One way to write a number: "1e2", "100.0" and "100" are the same.
io::Json value_of(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (const auto whole = core::parse_number<std::int64_t>(text)) return *whole;
  const auto number = core::parse_number<double>(text);
  if (!number || text.find_first_not_of("0123456789+-.eE") != std::string::npos) return text;
  constexpr double exact = 9007199254740992;
  if (*number == static_cast<double>(static_cast<std::int64_t>(std::clamp(*number, -exact, exact))))
    return static_cast<std::int64_t>(*number);
  return *number;
}

enum class Tables { by_name, by_contents };

io::Json to_json(const ConfigNode& node, Tables tables) {
  if (node.kind == Kind::scalar) return value_of(node.text);
  if (node.kind == Kind::list) {
    io::Json list = io::Json::array();
    for (const auto& item : node.items) list.push_back(to_json(item, tables));
    return list;
  }
  if (node.kind == Kind::null) return nullptr;
  auto entries = node.entries;
  std::ranges::sort(entries, {}, &ConfigEntry::key);
  io::Json map = io::Json::object();
  for (const auto& entry : entries) {
    if (!is_table(entry))
      map[entry.key] = to_json(entry.value, tables);
    else if (const auto file = file_of(entry.value); tables == Tables::by_contents)
      map[entry.key] = io::content_hash(file);
    else
      map[entry.key] = file.string();
  }
  return map;
}

std::string scalar(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_./+-") == std::string::npos;
  return plain ? text : io::compact_text(io::Json(text));
}

/// Lists and maps of scalars stand on one line.
std::string flow(const ConfigNode& node) {
  std::string text;
  const auto join = [&](const std::string& item) { text += (text.empty() ? "" : ", ") + item; };
  switch (node.kind) {
    case Kind::scalar:
      return scalar(node.text);
    case Kind::null:
      return "~";
    case Kind::list:
      for (const auto& item : node.items) join(flow(item));
      return "[" + text + "]";
    case Kind::map:
      break;
  }
  for (const auto& entry : node.entries)
    join(scalar(entry.key) + ": " + (is_table(entry) ? scalar(file_of(entry.value)) : flow(entry.value)));
  return "{" + text + "}";
}

std::string yaml(const ConfigNode& map, const std::string& indent) {
  std::string text;
  for (const auto& entry : map.entries) {
    const auto& [key, position, value] = entry;
    const bool nested = value.kind == Kind::map && std::ranges::any_of(value.entries, [](const auto& inner) {
                          return inner.value.kind == Kind::map;
                        });
    text += indent + scalar(key) + ":" +
            (nested ? "\n" + yaml(value, indent + "  ")
                    : " " + (is_table(entry) ? scalar(file_of(value)) : flow(value)) + "\n");
  }
  return text;
}

}  // namespace

ResolvedDescription resolve(const ConfigNode& tree, const NetworkSpec& spec) {
  auto contents = to_json(tree, Tables::by_contents);
  contents.erase(description_key);
  ResolvedDescription description;
  std::string models, folder;
  for (const auto& model : spec.models) {
    if (model.origin != ModelOrigin::user_file) continue;
    models += fmt::format("\n{} {}", model.id, io::content_hash(model.file));
    folder = fmt::format("# Own cell models, to be given by --cell-models, lay at {}\n",
                         fs::absolute(model.file).lexically_normal().string());
  }
  description.hash = io::short_hash(io::compact_text(contents) + models);
  description.json = io::compact_text(to_json(tree, Tables::by_name));
  description.yaml = "# What this network was made of; 'striate build' with this file makes it again.\n" +
                     folder + yaml(tree, "");
  return description;
}

std::string yaml_of(const ConfigNode& map) {
  return yaml(map, "");
}

std::string yaml_word(const std::string& text) {
  return scalar(text);
}

std::string generator_scheme(const NetworkSpec& spec) {
  return spec.radius_um > widest_sheet_without_blocks_um ? "philox4x32-10, builder 1, blocks"
                                                         : "philox4x32-10, builder 1";
}

std::string run_id(const NetworkSpec& spec, bool source_index) {
  return io::short_hash(fmt::format("network\nscheme {}\nconfiguration {}\nsource index {}\n",
                                    generator_scheme(spec), spec.resolved.hash, source_index ? "yes" : "no"));
}

}  // namespace striate::builder
