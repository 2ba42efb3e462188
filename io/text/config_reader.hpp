// SPDX-License-Identifier: BSD-3-Clause
// Typed access to a configuration tree. Every problem (missing or unknown key, wrong type, value out of
// range) is recorded with its place and reading goes on with a harmless value, so that all problems are found
// at once.
#pragma once

#include <cstdint>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "io/text/config_tree.hpp"
#include "io/text/diagnostics.hpp"

namespace striate::io {

/// Allowed values of a number; `open` bounds are excluded themselves.
struct NumberRange {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool min_open = false;
  bool max_open = false;
};
inline constexpr NumberRange any_number{};
inline constexpr NumberRange positive{.min = 0, .min_open = true};
inline constexpr NumberRange not_negative{.min = 0};
inline constexpr NumberRange fraction{.min = 0, .max = 1};

/// Number from text: decimal, finite, nothing else around it ("010", "1e400", "nan" and "0x1" are refused).
/// Problems are recorded under `name`, and the range's nearest harmless value is returned.
double parse_number(const std::string& text, const Position& position, const std::string& name,
                    const NumberRange& range, Diagnostics& diagnostics);
std::int64_t parse_integer(const std::string& text, const Position& position, const std::string& name,
                           std::int64_t min, std::int64_t max, Diagnostics& diagnostics);

class ConfigSection {
 public:
  /// `node` must outlive the section. `path` is its dotted name for messages ("" at the top).
  ConfigSection(const ConfigNode& node, std::string path, Diagnostics& diagnostics);
  /// Reports keys that nobody asked for.
  ~ConfigSection();
  ConfigSection(const ConfigSection&) = delete;
  ConfigSection& operator=(const ConfigSection&) = delete;

  double number(const std::string& key, const NumberRange& range = any_number);
  std::int64_t integer(const std::string& key, std::int64_t min, std::int64_t max);
  /// true or false; YAML's yes, no, on, off are refused.
  bool boolean(const std::string& key);
  /// Any scalar's text, not empty.
  std::string text(const std::string& key);
  std::string choice(const std::string& key, std::span<const std::string> allowed);
  /// Exactly `count` numbers.
  std::vector<double> numbers(const std::string& key, std::size_t count,
                              const NumberRange& range = any_number);
  ConfigSection section(const std::string& key);
  /// The key's node (an empty map if absent, which is reported).
  const ConfigNode& require(const std::string& key);
  bool has(const std::string& key) const { return node_.find(key) != nullptr; }

  std::string name_of(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }
  const Position& position() const { return node_.position; }
  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  const ConfigNode* scalar(const std::string& key, const char* wanted);

  const ConfigNode& node_;
  std::string path_;
  Diagnostics& diagnostics_;
  std::set<std::string> asked_;
};

}  // namespace striate::io
