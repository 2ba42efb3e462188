// SPDX-License-Identifier: BSD-3-Clause
// JSON files and typed access to them, with errors that name the file and the JSON pointer
// ("run.json:/run/dt"), and the line and column when the text is not JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace striate::io {

/// Keys keep the order of the file: BMTK builds nodes, edges and inputs in that order.
using Json = nlohmann::ordered_json;

/// Throws MissingFileError; ConfigError with line and column when the text is not JSON or a key occurs twice.
/// Texts that are not UTF-8 keep their bytes.
Json read_json(const std::filesystem::path& path);

/// Of JSON that stands in a cell of a table or a row of a file: `label` stands for the file in messages.
/// Throws ConfigError as read_json does.
Json parse_json(std::string_view text, const std::filesystem::path& label);

/// Begins as a JSON object does; names of files never do.
inline bool is_json_text(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

/// As JSON, on one line or indented by two. Bytes that are not UTF-8 stay as they are, so that read_json
/// finds the same texts.
std::string compact_text(const Json& value);
std::string indented_text(const Json& value);

/// One object of a JSON document, read key by key. Remembers which keys were asked for, so that the rest can
/// be reported as unknown.
class JsonSection {
 public:
  /// `object` must outlive the section. `pointer` is its place in the file, such as "/run".
  JsonSection(const Json& object, std::filesystem::path file, std::string pointer);

  /// Like all others, takes a key with the value null as absent.
  bool has(std::string_view key) const;
  const Json& json() const { return *object_; }
  const std::filesystem::path& file() const { return file_; }
  /// "file:/pointer/key", for messages.
  std::string where(std::string_view key) const;
  /// "file:/pointer"
  std::string where() const;

  // Each throws ConfigError naming file and key when the value has another type (or is absent, for
  // require_*).
  double require_number(std::string_view key) const;
  std::string require_string(std::string_view key) const;
  JsonSection require_section(std::string_view key) const;
  const Json& require(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  std::optional<std::string> string(std::string_view key) const;
  std::optional<JsonSection> section(std::string_view key) const;
  /// A number or a list of numbers.
  std::optional<std::vector<double>> numbers(std::string_view key) const;
  /// A string or a list of strings.
  std::optional<std::vector<std::string>> strings(std::string_view key) const;

  /// Marks keys as known without reading them (accepted and ignored on purpose).
  void accept(std::initializer_list<std::string_view> keys) const;
  /// Keys nobody asked for, in file order.
  std::vector<std::string> unknown_keys() const;
  /// Warns about each of them.
  void warn_unknown_keys() const;

 private:
  const Json* object_;
  std::filesystem::path file_;
  std::string pointer_;
  mutable std::set<std::string, std::less<>> asked_;
  const Json* find(std::string_view key) const;
};

}  // namespace striate::io
