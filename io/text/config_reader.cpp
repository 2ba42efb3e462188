// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/config_reader.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/text.hpp"

namespace striate::io {
namespace {

const ConfigNode& empty_map() {
  static const ConfigNode node{
      .kind = ConfigNode::Kind::map, .text = {}, .items = {}, .entries = {}, .position = {}};
  return node;
}

bool inside(double value, const NumberRange& range) {
  return (range.min_open ? value > range.min : value >= range.min) &&
         (range.max_open ? value < range.max : value <= range.max);
}

std::string describe(const NumberRange& range) {
  if (range.min == 0 && std::isinf(range.max))
    return range.min_open ? "must be above 0" : "must not be negative";
  if (std::isinf(range.max))
    return fmt::format("must be {} {}", range.min_open ? "above" : "at least", range.min);
  return fmt::format("must be in {}{}, {}{}", range.min_open ? '(' : '[', range.min, range.max,
                     range.max_open ? ')' : ']');
}

/// A value to go on with after a problem.
double harmless(const NumberRange& range) {
  if (inside(1, range)) return 1;
  return std::isfinite(range.min) && !range.min_open ? range.min : range.max;
}

/// "010" is 8 to some YAML readers and 10 to others.
bool has_leading_zero(const std::string& text) {
  const std::size_t first = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return text.size() > first + 1 && text[first] == '0' && text[first + 1] >= '0' && text[first + 1] <= '9';
}

}  // namespace

double parse_number(const std::string& text, const Position& position, const std::string& name,
                    const NumberRange& range, Diagnostics& diagnostics) {
  double value = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error == std::errc::result_out_of_range)
    diagnostics.report(position, "invalid {}={} (too large or too small for a number)", name, text);
  else if (error != std::errc{} || stop != end || text.starts_with("+-") || has_leading_zero(text))
    diagnostics.report(position, "invalid {}='{}' (must be a decimal number)", name, text);
  else if (!std::isfinite(value))
    diagnostics.report(position, "invalid {}={} (must be finite)", name, text);
  else if (!inside(value, range))
    diagnostics.report(position, "invalid {}={} ({})", name, text, describe(range));
  else
    return value;
  return harmless(range);
}

std::int64_t parse_integer(const std::string& text, const Position& position, const std::string& name,
                           std::int64_t min, std::int64_t max, Diagnostics& diagnostics) {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || stop != text.data() + text.size() || has_leading_zero(text))
    diagnostics.report(position, "invalid {}='{}' (must be a whole number)", name, text);
  else if (error != std::errc{} || value < min || value > max)
    diagnostics.report(position, "invalid {}={} (must be in [{}, {}])", name, text, min, max);
  else
    return value;
  return min;
}

ConfigSection::ConfigSection(const ConfigNode& node, std::string path, Diagnostics& diagnostics)
    : node_(node.kind == ConfigNode::Kind::map ? node : empty_map()),
      path_(std::move(path)),
      diagnostics_(diagnostics) {
  if (node.kind != ConfigNode::Kind::map)
    diagnostics_.report(node.position, "invalid {} (must be a map of keys to values)", path_);
}

ConfigSection::~ConfigSection() {
  const std::vector<std::string> known(asked_.begin(), asked_.end());
  for (const auto& entry : node_.entries) {
    if (asked_.contains(entry.key)) continue;
    const auto suggestion = core::nearest(entry.key, known);
    diagnostics_.report(entry.position, "unknown key '{}' ({})", name_of(entry.key),
                        suggestion.empty() ? fmt::format("known here: {}", fmt::join(known, ", "))
                                           : fmt::format("did you mean '{}'?", suggestion));
  }
}

const ConfigNode& ConfigSection::require(const std::string& key) {
  asked_.insert(key);
  if (const auto* entry = node_.find(key)) return entry->value;
  diagnostics_.report(node_.position,
                      "missing key '{}' (it is needed) begin with 'extends: NAME' of a complete one",
                      name_of(key));
  return empty_map();
}

const ConfigNode* ConfigSection::scalar(const std::string& key, const char* wanted) {
  const bool present = has(key);
  const ConfigNode& node = require(key);
  if (!present) return nullptr;
  if (node.kind == ConfigNode::Kind::scalar) return &node;
  diagnostics_.report(node.position, "invalid {} (must be {})", name_of(key), wanted);
  return nullptr;
}

double ConfigSection::number(const std::string& key, const NumberRange& range) {
  const auto* node = scalar(key, "a number");
  return node != nullptr ? parse_number(node->text, node->position, name_of(key), range, diagnostics_)
                         : harmless(range);
}

std::int64_t ConfigSection::integer(const std::string& key, std::int64_t min, std::int64_t max) {
  const auto* node = scalar(key, "a whole number");
  return node != nullptr ? parse_integer(node->text, node->position, name_of(key), min, max, diagnostics_)
                         : min;
}

bool ConfigSection::boolean(const std::string& key) {
  const auto* node = scalar(key, "true or false");
  if (node == nullptr) return false;
  if (node->text != "true" && node->text != "false")
    diagnostics_.report(node->position, "invalid {}='{}' (must be true or false)", name_of(key), node->text);
  return node->text == "true";
}

std::string ConfigSection::text(const std::string& key) {
  const auto* node = scalar(key, "a text");
  if (node == nullptr) return {};
  if (node->text.empty()) diagnostics_.report(node->position, "invalid {} (must not be empty)", name_of(key));
  return node->text;
}

std::string ConfigSection::choice(const std::string& key, std::span<const std::string> allowed) {
  const auto* node = scalar(key, "a word");
  if (node == nullptr) return allowed.front();
  if (std::find(allowed.begin(), allowed.end(), node->text) != allowed.end()) return node->text;
  diagnostics_.report(node->position, "invalid {}='{}' (must be one of: {})", name_of(key), node->text,
                      fmt::join(allowed, ", "));
  return allowed.front();
}

std::vector<double> ConfigSection::numbers(const std::string& key, std::size_t count,
                                           const NumberRange& range) {
  const bool present = has(key);
  const ConfigNode& node = require(key);
  std::vector<double> values;
  if (node.kind == ConfigNode::Kind::list && node.items.size() == count) {
    for (const auto& item : node.items)
      values.push_back(parse_number(item.text, item.position, name_of(key), range, diagnostics_));
  } else if (present) {
    diagnostics_.report(node.position, "invalid {} (must be a list of {} numbers)", name_of(key), count);
  }
  values.resize(count, harmless(range));
  return values;
}

ConfigSection ConfigSection::section(const std::string& key) {
  return {require(key), name_of(key), diagnostics_};
}

}  // namespace striate::io
