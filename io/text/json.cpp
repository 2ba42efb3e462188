// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/json.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/utf8.hpp"

namespace striate::io {
namespace {

/// "a/b~c" as a part of a JSON pointer (RFC 6901).
std::string pointer_part(std::string_view key) {
  std::string part;
  for (const char c : key) {
    if (c == '~')
      part += "~0";
    else if (c == '/')
      part += "~1";
    else
      part += c;
  }
  return part;
}

/// Builds the document from the parser's events: refuses keys that occur twice (the library would keep the
/// last one silently) and nesting that would overflow the stack of whoever walks the document.
class DocumentBuilder {
 public:
  /// `masked`: bytes that are not UTF-8 were masked.
  DocumentBuilder(const std::filesystem::path& file, std::string_view text, bool masked)
      : file_(file), text_(text), masked_(masked) {}

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Json::number_integer_t value) { return add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }
  bool number_float(Json::number_float_t value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(masked_ ? unmasked_utf8(value) : std::move(value)); }
  bool binary(Json::binary_t&) { return false; }

  bool start_object(std::size_t) { return open(Kind::object); }
  bool start_array(std::size_t) { return open(Kind::array); }

  bool key(std::string& name) {
    Level& level = levels_.back();
    if (masked_) name = unmasked_utf8(name);
    if (!level.names.insert(name).second)
      throw core::ConfigError("key occurs twice: {}:{}/{} (only one value can count) remove one", file_,
                              pointer(), pointer_part(name));
    level.keys.push_back(std::move(name));
    return true;
  }

  bool end_object() {
    Level level = close();
    Json object = Json::object();
    auto& members = object.get_ref<Json::object_t&>();
    members.reserve(level.keys.size());
    for (std::size_t i = 0; i < level.keys.size(); ++i)
      members.emplace_back(std::move(level.keys[i]), std::move(level.values[i]));
    return add(std::move(object));
  }

  bool end_array() {
    Json array = Json::array();
    array.get_ref<Json::array_t&>() = close().values;
    return add(std::move(array));
  }

  template <class Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception& error) {
    // `position` counts bytes read, the offending one included.
    const auto before = text_.substr(0, std::min(position == 0 ? 0 : position - 1, text_.size()));
    const auto line = 1 + std::ranges::count(before, '\n');
    const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 == 0
    throw core::ConfigError("{}:{}:{} is not valid JSON ({})", file_, line, column, reason(error.what()));
  }

  Json take() { return std::move(document_); }

 private:
  static constexpr std::size_t deepest = 200;
  enum class Kind { object, array };
  struct Level {
    Kind kind;
    std::vector<std::string> keys;
    std::set<std::string> names;
    std::vector<Json> values;
  };

  /// The library's text without its own name and position.
  static std::string reason(std::string text) {
    if (const auto end = text.find("] "); end != std::string::npos) text.erase(0, end + 2);
    if (text.starts_with("parse error at"))
      if (const auto colon = text.find(": "); colon != std::string::npos) text.erase(0, colon + 2);
    return core::shortened(text, 200);
  }

  std::string pointer() const {
    std::string text;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i)
      text += "/" + (levels_[i].kind == Kind::object ? pointer_part(levels_[i].keys.back())
                                                     : std::to_string(levels_[i].values.size()));
    return text;
  }

  bool open(Kind kind) {
    if (levels_.size() >= deepest)
      throw core::ConfigError("{} is nested too deeply (more than {} levels)", file_, deepest);
    levels_.push_back({.kind = kind, .keys = {}, .names = {}, .values = {}});
    return true;
  }

  Level close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    return level;
  }

  template <class Value>
  bool add(Value&& value) {
    if (levels_.empty())
      document_ = std::forward<Value>(value);
    else
      levels_.back().values.emplace_back(std::forward<Value>(value));
    return true;
  }

  const std::filesystem::path& file_;
  std::string_view text_;
  bool masked_;
  std::vector<Level> levels_;
  Json document_;
};

std::string kind_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  return value.is_array() ? "a list" : "an object";
}

[[noreturn]] void refuse(const std::string& where, const Json& value, const char* needed) {
  throw core::ConfigError("{} is {} (needed is {})", where, kind_of(value), needed);
}

double as_number(const Json& value, const std::string& where) {
  if (!value.is_number()) refuse(where, value, "a number");
  const auto number = value.get<double>();
  if (!std::isfinite(number)) throw core::ConfigError("{} is not finite (needed is a number)", where);
  return number;
}

std::string as_string(const Json& value, const std::string& where) {
  if (!value.is_string()) refuse(where, value, "a string");
  return value.get<std::string>();
}

std::int64_t as_integer(const Json& value, const std::string& where) {
  if (!value.is_number()) refuse(where, value, "an integer");
  if (value.is_number_unsigned() && !std::in_range<std::int64_t>(value.get<std::uint64_t>()))
    throw core::ConfigError("{} = {} is too large for an integer", where, compact_text(value));
  if (value.is_number_float()) {
    const double number = as_number(value, where);
    constexpr double most = 9007199254740992.0;  // 2^53: above, doubles skip integers
    if (number != std::floor(number) || std::abs(number) > most)
      throw core::ConfigError("{} = {} is not an integer", where, compact_text(value));
    return static_cast<std::int64_t>(number);
  }
  return value.get<std::int64_t>();
}

/// A value, or each item of a list.
template <class Convert>
auto one_or_many(const Json& value, const std::string& where, Convert convert) {
  std::vector<decltype(convert(value, where))> result;
  if (!value.is_array()) {
    result.push_back(convert(value, where));
    return result;
  }
  result.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i)
    result.push_back(convert(value[i], fmt::format("{}/{}", where, i)));
  return result;
}

}  // namespace

Json read_json(const std::filesystem::path& path) {
  return parse_json(read_text_file(path, "it is needed as input"), path);
}

Json parse_json(std::string_view text, const std::filesystem::path& label) {
  const bool is_masked = find_invalid_utf8(text) != std::string_view::npos;
  const auto utf8 = is_masked ? masked_utf8(text) : std::string();
  if (is_masked) text = utf8;
  DocumentBuilder builder(label, text, is_masked);
  Json::sax_parse(text, &builder);
  return builder.take();
}

namespace {

/// The library writes UTF-8 only.
Json masked(const Json& value) {
  if (value.is_string()) return masked_utf8(value.get_ref<const std::string&>());
  if (!value.is_structured()) return value;
  Json copy = value.is_array() ? Json::array() : Json::object();
  for (const auto& [key, item] : value.items())
    if (value.is_array())
      copy.push_back(masked(item));
    else
      copy[masked_utf8(key)] = masked(item);
  return copy;
}

bool is_utf8(const Json& value) {
  if (value.is_string()) return find_invalid_utf8(value.get_ref<const std::string&>()) == std::string::npos;
  if (value.is_array()) return std::ranges::all_of(value, [](const Json& item) { return is_utf8(item); });
  if (!value.is_object()) return true;
  return std::ranges::all_of(value.get_ref<const Json::object_t&>(), [](const auto& member) {
    return find_invalid_utf8(member.first) == std::string::npos && is_utf8(member.second);
  });
}

std::string text_of(const Json& value, int indent) {
  return is_utf8(value) ? value.dump(indent) : unmasked_utf8(masked(value).dump(indent));
}

}  // namespace

std::string compact_text(const Json& value) {
  return text_of(value, -1);
}

std::string indented_text(const Json& value) {
  return text_of(value, 2);
}

JsonSection::JsonSection(const Json& object, std::filesystem::path file, std::string pointer)
    : object_(&object), file_(std::move(file)), pointer_(std::move(pointer)) {
  if (!object.is_object())
    refuse(fmt::format("{}:{}", file_, pointer_.empty() ? "/" : pointer_), object, "an object");
}

std::string JsonSection::where() const {
  return fmt::format("{}:{}", file_, pointer_);
}

std::string JsonSection::where(std::string_view key) const {
  return fmt::format("{}:{}/{}", file_, pointer_, pointer_part(key));
}

const Json* JsonSection::find(std::string_view key) const {
  asked_.emplace(key);
  const auto found = object_->find(std::string(key));
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

bool JsonSection::has(std::string_view key) const {
  return find(key) != nullptr;
}

const Json& JsonSection::require(std::string_view key) const {
  const Json* value = find(key);
  if (value != nullptr) return *value;
  std::vector<std::string> present;
  for (const auto& [name, unused] : object_->items())
    if (!asked_.contains(name)) present.push_back(name);
  throw core::ConfigError("missing key {} (it is required){}", where(key), core::did_you_mean(key, present));
}

double JsonSection::require_number(std::string_view key) const {
  return as_number(require(key), where(key));
}

std::string JsonSection::require_string(std::string_view key) const {
  return as_string(require(key), where(key));
}

JsonSection JsonSection::require_section(std::string_view key) const {
  return {require(key), file_, pointer_ + "/" + pointer_part(key)};
}

std::optional<double> JsonSection::number(std::string_view key) const {
  const Json* value = find(key);
  return value == nullptr ? std::nullopt : std::optional(as_number(*value, where(key)));
}

std::optional<std::int64_t> JsonSection::integer(std::string_view key) const {
  const Json* value = find(key);
  return value == nullptr ? std::nullopt : std::optional(as_integer(*value, where(key)));
}

std::optional<bool> JsonSection::boolean(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) refuse(where(key), *value, "true or false");
  return value->get<bool>();
}

std::optional<std::string> JsonSection::string(std::string_view key) const {
  const Json* value = find(key);
  return value == nullptr ? std::nullopt : std::optional(as_string(*value, where(key)));
}

std::optional<JsonSection> JsonSection::section(std::string_view key) const {
  return has(key) ? std::optional(require_section(key)) : std::nullopt;
}

std::optional<std::vector<double>> JsonSection::numbers(std::string_view key) const {
  const Json* value = find(key);
  return value == nullptr ? std::nullopt : std::optional(one_or_many(*value, where(key), as_number));
}

std::optional<std::vector<std::string>> JsonSection::strings(std::string_view key) const {
  const Json* value = find(key);
  return value == nullptr ? std::nullopt : std::optional(one_or_many(*value, where(key), as_string));
}

void JsonSection::accept(std::initializer_list<std::string_view> keys) const {
  for (const auto key : keys) asked_.emplace(key);
}

std::vector<std::string> JsonSection::unknown_keys() const {
  std::vector<std::string> unknown;
  for (const auto& [key, value] : object_->items())
    if (!asked_.contains(key)) unknown.push_back(key);
  return unknown;
}

void JsonSection::warn_unknown_keys() const {
  std::vector<std::string> absent;  // a key that is there already cannot have been meant
  for (const auto& key : asked_)
    if (!object_->contains(key)) absent.push_back(key);
  for (const auto& key : unknown_keys())
    core::log::warning("unknown key {} (ignored){}", where(key), core::did_you_mean(key, absent));
}

}  // namespace striate::io
