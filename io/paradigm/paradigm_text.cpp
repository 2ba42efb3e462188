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

constexpr std::int64_t most_shuffled = 100'000;

Json drawn_value(const ConfigNode& node, const std::string& key, std::size_t index,
                 Diagnostics& diagnostics) {
  ConfigSection section(node, "lgn.stimulus." + key, diagnostics);
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
  for (std::size_t left = order.size(); left > 1; --left)  // Fisher-Yates
    std::swap(order[left - 1], order[core::draw_index(random, left)]);
  return order;
}

bool is_scalar(const ConfigNode& node) {
  return node.kind == ConfigNode::Kind::scalar;
}

}  // namespace

bool tells_trials_apart(const ConfigNode& value) {
  if (value.kind == ConfigNode::Kind::map) return value.find("random") == nullptr;
  return value.text.find('{') != std::string::npos || std::ranges::any_of(value.items, tells_trials_apart);
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
    const auto variable =
        std::ranges::find(variables, inside.substr(0, colon), &Variables::value_type::first);
    const auto width = colon == std::string::npos ? std::optional<int>(0)
                                                  : core::parse_number<int>(inside.substr(colon + 1));
    if (end == std::string::npos || variable == variables.end() || !width || *width < 0 || *width > 9) {
      std::vector<std::string> names;
      for (const auto& each : variables) names.push_back("{" + each.first + "}");
      diagnostics.report(position, "invalid '{}' in '{}' (known here: {})", pattern.substr(at, end - at + 1),
                         pattern, fmt::join(names, ", "));
      return pattern;
    }
    text += fmt::format("{:0>{}}", variable->second, *width);
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
    if (entry.value.kind == ConfigNode::Kind::map)
      values[entry.key] = drawn_value(entry.value, entry.key, index, diagnostics);
    else if (is_scalar(entry.value))
      values[entry.key] =
          stimulus_value(filled_in(entry.value.text, variables, entry.value.position, diagnostics));
    else if (std::ranges::all_of(entry.value.items, is_scalar) && !entry.value.items.empty())
      for (const auto& item : entry.value.items)
        values[entry.key].push_back(
            stimulus_value(filled_in(item.text, variables, item.position, diagnostics)));
    else
      diagnostics.report(entry.position,
                         "invalid lgn.stimulus.{} (a value, a list of values, {{random: …}}, {{shuffled: …}} "
                         "or {{block: …}})",
                         entry.key);
  return values;
}

}  // namespace striate::io
