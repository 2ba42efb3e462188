// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/config/sonata_variables.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::io {
namespace {

/// A reference [begin, end) in a text.
struct Token {
  std::size_t begin, end;
  std::string_view name;
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// The next reference at or after `from`. A '$' that no name follows is an ordinary character.
std::optional<Token> next_token(std::string_view text, std::size_t from) {
  for (auto begin = text.find('$', from); begin != text.npos; begin = text.find('$', begin + 1)) {
    const bool braces = begin + 1 < text.size() && text[begin + 1] == '{';
    const std::size_t first = begin + (braces ? 2 : 1);
    std::size_t last = first;
    while (last < text.size() && is_word(text[last])) ++last;
    if (last == first || (braces && (last == text.size() || text[last] != '}'))) continue;
    return Token{.begin = begin, .end = last + (braces ? 1 : 0), .name = text.substr(first, last - first)};
  }
  return std::nullopt;
}

/// What a variable becomes inside a longer text.
std::string as_text(const Json& value, std::string_view name, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return compact_text(value);
  throw core::ConfigError("{} puts ${} into a text (it is a list or an object) use it alone", where, name);
}

Json expand_text(const std::string& text, const Variables& variables, const std::string& where) {
  constexpr std::size_t longest = 1 << 16;  // definitions that double each other end here
  std::string result;
  std::size_t done = 0;
  for (auto token = next_token(text, 0); token; token = next_token(text, token->end)) {
    const auto variable = variables.find(token->name);
    if (variable == variables.end()) continue;
    if (token->begin == 0 && token->end == text.size()) return variable->second;
    result += std::string_view(text).substr(done, token->begin - done);
    result += as_text(variable->second, token->name, where);
    done = token->end;
    if (result.size() > longest)
      throw core::ConfigError("{} becomes longer than {} characters (its variables multiply)", where,
                              longest);
  }
  result += std::string_view(text).substr(done);
  return result;
}

std::string time_text(std::time_t now, const char* format) {
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &local)};
}

/// "$NAME", "${NAME}" or "NAME" → "NAME"
std::string variable_name(const std::string& key, const JsonSection& manifest) {
  std::string_view name = key;
  if (name.starts_with('$')) name.remove_prefix(1);
  if (name.starts_with('{') && name.ends_with('}')) name = name.substr(1, name.size() - 2);
  if (name.empty() || !std::ranges::all_of(name, is_word))
    throw core::ConfigError("{} is no name of a variable (letters, digits and _ can follow a $)",
                            manifest.where(key));
  return std::string(name);
}

struct Definition {
  std::string where, name;
  Json value;
};

std::optional<std::string> first_not_in(const Variables& known, const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  for (auto token = next_token(text, 0); token; token = next_token(text, token->end))
    if (!known.contains(token->name)) return std::string(token->name);
  return std::nullopt;
}

[[noreturn]] void refuse_unresolved(const std::vector<Definition>& open, const Variables& known) {
  std::vector<std::string> names;
  for (const auto& definition : open) names.push_back(definition.name);
  for (const auto& definition : open) {
    const auto missing = first_not_in(known, definition.value);
    if (!missing || std::ranges::find(names, *missing) != names.end()) continue;
    std::vector<std::string> defined = names;
    for (const auto& [name, value] : known) defined.push_back(name);
    throw core::ConfigError("{} refers to ${} (no such variable in the manifest){}", definition.where,
                            *missing, core::did_you_mean(*missing, defined));
  }
  throw core::ConfigError("{} cannot be resolved (the variables {} refer to one another in a circle)",
                          open.front().where, fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace

Variables built_in_variables(const std::filesystem::path& file, std::time_t now) {
  return {{"workingdir", std::filesystem::current_path().string()},
          {"configdir", file.parent_path().string()},
          {"configfname", file.string()},
          {"time", time_text(now, "%H-%M-%S")},
          {"date", time_text(now, "%Y-%m-%d")},
          {"datetime", time_text(now, "%Y-%m-%d_%H-%M-%S")}};
}

Variables resolve_manifest(const JsonSection& manifest, Variables built_in) {
  std::vector<Definition> open;
  for (const auto& [key, value] : manifest.json().items()) {
    Definition definition{.where = manifest.where(key), .name = variable_name(key, manifest), .value = value};
    if (value.is_null() || value.is_structured())
      throw core::ConfigError("{} is no text (a variable needs a text or a number)", definition.where);
    for (const auto& other : open)
      if (other.name == definition.name)
        throw core::ConfigError("{} defines ${} a second time (only one can count)", definition.where,
                                definition.name);
    built_in.erase(definition.name);  // the user's meaning wins
    open.push_back(std::move(definition));
  }
  Variables known = std::move(built_in);
  while (!open.empty()) {
    std::vector<Definition> still_open;
    for (auto& definition : open) {
      if (first_not_in(known, definition.value)) {
        still_open.push_back(std::move(definition));
        continue;
      }
      expand_variables(definition.value, known, definition.where);
      known.emplace(definition.name, std::move(definition.value));
    }
    if (still_open.size() == open.size()) refuse_unresolved(still_open, known);
    open = std::move(still_open);
  }
  return known;
}

void expand_variables(Json& value, const Variables& variables, const std::string& where) {
  if (value.is_string()) {
    if (value.get_ref<const std::string&>().find('$') != std::string::npos)
      value = expand_text(value.get<std::string>(), variables, where);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      expand_variables(value[i], variables, fmt::format("{}/{}", where, i));
  } else if (value.is_object()) {
    for (auto& [key, member] : value.items())
      expand_variables(member, variables, fmt::format("{}/{}", where, key));
  }
}

std::optional<std::string> unresolved_variable(std::string_view text) {
  const auto token = next_token(text, 0);
  return token ? std::optional(std::string(token->name)) : std::nullopt;
}

}  // namespace striate::io
