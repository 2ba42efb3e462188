// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/paradigm_text.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/text.hpp"
#include "core/values/draws.hpp"
#include "core/values/random.hpp"
#include "io/text/config_reader.hpp"

namespace striate::io {
namespace {

using Kind = ConfigNode::Kind;

constexpr std::int64_t most_shuffled = 100'000;

std::vector<std::string> names_of(const Variables& variables) {
  std::vector<std::string> names;
  for (const auto& variable : variables) names.push_back(variable.first);
  return names;
}

/// Is it a rule that depends on the trial's number?
bool draws(const ConfigNode& node) {
  return node.find("random") != nullptr || node.find("shuffled") != nullptr || node.find("block") != nullptr;
}

Json drawn_value(const ConfigNode& node, const std::string& name, std::size_t index,
                 Diagnostics& diagnostics) {
  ConfigSection section(node, name, diagnostics);
  if (section.has("block")) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(section.integer("block", 1, most_shuffled)));
    std::iota(order.begin(), order.end(), static_cast<std::int64_t>(index * order.size()));
    return order;
  }
  const auto seed = static_cast<std::uint64_t>(section.integer("seed", 0, 1'000'000'000'000));
  core::RandomStream random(seed, core::Purpose::stimulus, index);
  if (!section.has("shuffled")) {
    const auto bounds = section.numbers("random", 2);
    if (!(bounds[0] <= bounds[1]))
      diagnostics.report(section.position(), "invalid {} (the lower bound comes first)",
                         section.name_of("random"));
    return bounds[0] + (bounds[1] - bounds[0]) * random.uniform();
  }
  const auto bounds = section.numbers("shuffled", 2, {.min = 0, .max = static_cast<double>(most_shuffled)});
  if (!(bounds[0] <= bounds[1]) || bounds[0] != std::floor(bounds[0]) || bounds[1] != std::floor(bounds[1])) {
    diagnostics.report(section.position(), "invalid {} (two whole numbers, the lower first)",
                       section.name_of("shuffled"));
    return {};
  }
  std::vector<std::int64_t> order(static_cast<std::size_t>(bounds[1] - bounds[0]) + 1);
  std::iota(order.begin(), order.end(), static_cast<std::int64_t>(bounds[0]));
  core::shuffle(random, order);
  return order;
}

/// What the values of a key depend on besides its place.
struct Context {
  const Variables& variables;
  std::size_t index;  ///< of the trial
  Diagnostics& diagnostics;
};

Json value_of(const ConfigNode& node, const std::string& name, const Context& context);

/// {by: VARIABLE, values: {VALUE: …}}
Json chosen_value(const ConfigNode& node, const std::string& name, const Context& context) {
  auto& diagnostics = context.diagnostics;
  ConfigSection section(node, name, diagnostics);
  const auto variable = section.text("by");
  const auto& values = section.require("values");
  const auto* value = find(context.variables, variable);
  if (value == nullptr) {
    diagnostics.report(section.position(), "unknown variable '{}' in {} (known here: {})", variable,
                       section.name_of("by"), fmt::join(names_of(context.variables), ", "));
    return {};
  }
  if (const auto* entry = values.find(*value)) return value_of(entry->value, name, context);
  diagnostics.report(values.position, "no value for {}={} in {}", variable, *value,
                     section.name_of("values"));
  return {};
}

Json sum_of(const ConfigNode& node, const std::string& name, const Context& context) {
  ConfigSection section(node, name, context.diagnostics);
  double sum = 0;
  const auto& terms = section.require("sum");
  for (const auto& item : terms.items) {
    const auto term = value_of(item, section.name_of("sum"), context);
    if (term.is_number())
      sum += term.get<double>();
    else
      context.diagnostics.report(item.position, "invalid term of {} (must be a number)",
                                 section.name_of("sum"));
  }
  if (terms.items.empty())
    context.diagnostics.report(terms.position, "invalid {} (must be a list of numbers)",
                               section.name_of("sum"));
  return sum;
}

Json value_of(const ConfigNode& node, const std::string& name, const Context& context) {
  switch (node.kind) {
    case Kind::scalar:
      return stimulus_value(filled_in(node.text, context.variables, node.position, context.diagnostics));
    case Kind::list: {
      Json list = Json::array();
      for (const auto& item : node.items) list.push_back(value_of(item, name, context));
      if (!list.empty()) return list;
      break;
    }
    case Kind::map: {
      if (draws(node)) return drawn_value(node, name, context.index, context.diagnostics);
      if (node.find("by") != nullptr) return chosen_value(node, name, context);
      if (node.find("sum") != nullptr) return sum_of(node, name, context);
      Json map = Json::object();
      for (const auto& entry : node.entries)
        map[entry.key] = value_of(entry.value, name + "." + entry.key, context);
      if (!map.empty()) return map;
      break;
    }
    case Kind::null:
      break;
  }
  context.diagnostics.report(node.position,
                             "invalid {} (a value, a list or map of values, or a rule: {{random: …}}, "
                             "{{shuffled: …}}, {{block: …}}, {{by: …}}, {{sum: …}})",
                             name);
  return {};
}

}  // namespace

const std::string* find(const Variables& variables, const std::string& name) {
  const auto found = std::ranges::find(variables, name, &Variables::value_type::first);
  return found == variables.end() ? nullptr : &found->second;
}

bool uses(const ConfigNode& value, const std::string& variable) {
  if (value.text.find('{' + variable + '}') != std::string::npos ||
      value.text.find('{' + variable + ':') != std::string::npos)
    return true;
  if (const auto* by = value.find("by"); by != nullptr && by->value.text == variable) return true;
  return std::ranges::any_of(value.items, [&](const auto& item) { return uses(item, variable); }) ||
         std::ranges::any_of(value.entries, [&](const auto& entry) { return uses(entry.value, variable); });
}

bool tells_trials_apart(const ConfigNode& value) {
  if (draws(value)) return value.find("random") == nullptr;
  return value.text.find('{') != std::string::npos || value.find("by") != nullptr ||
         std::ranges::any_of(value.items, tells_trials_apart) ||
         std::ranges::any_of(value.entries,
                             [](const auto& entry) { return tells_trials_apart(entry.value); });
}

std::string filled_in(const std::string& pattern, const Variables& variables, const Position& position,
                      Diagnostics& diagnostics) {
  std::string text;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '{') {
      text += pattern[at];
      continue;
    }
    const auto end = pattern.find('}', at);
    const auto inside = pattern.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const auto colon = inside.find(':');
    const auto* value = find(variables, inside.substr(0, colon));
    const auto width = colon == std::string::npos ? std::optional<int>(0)
                                                  : core::parse_number<int>(inside.substr(colon + 1));
    if (end == std::string::npos || value == nullptr || !width || *width < 0 || *width > 9) {
      std::vector<std::string> names;
      for (const auto& name : names_of(variables)) names.push_back("{" + name + "}");
      diagnostics.report(position, "invalid '{}' in '{}' (known here: {})", pattern.substr(at, end - at + 1),
                         pattern, fmt::join(names, ", "));
      return pattern;
    }
    text += fmt::format("{:0>{}}", *value, *width);
    at = end;
  }
  return text;
}

bool is_plain_path(const std::string& text) {
  constexpr std::string_view marks = "._-+,=/";
  const bool harmless = std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
  if (text.empty() || !harmless || text.front() == '/' || text.front() == '-') return false;
  for (const auto& part : std::filesystem::path(text))
    if (part == ".." || part == ".") return false;
  return true;
}

Json stimulus_value(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (const auto whole = core::parse_number<std::int64_t>(text)) return *whole;
  if (const auto number = core::parse_number<double>(text); number && std::isfinite(*number)) return *number;
  return text;
}

Json stimulus_of(const ConfigNode& stimulus, const Variables& variables, std::size_t index,
                 Diagnostics& diagnostics) {
  Json values = Json::object();
  for (const auto& entry : stimulus.entries)
    values[entry.key] = value_of(entry.value, "lgn.stimulus." + entry.key, {variables, index, diagnostics});
  return values;
}

}  // namespace striate::io
