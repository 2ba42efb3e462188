// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"
#include "io/config_reader.hpp"
#include "io/paradigm_text.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_trials = 1'000'000;

/// One loop of a block: a variable and its values, outermost first.
struct Loop {
  std::string variable;
  std::vector<std::string> values;
};

std::vector<std::string> loop_values(const ConfigNode& node, const std::string& name,
                                     Diagnostics& diagnostics) {
  std::vector<std::string> values;
  if (node.kind == ConfigNode::Kind::scalar) {
    const auto dots = node.text.find("..");
    const auto first = core::parse_number<int>(node.text.substr(0, dots)),
               last = dots == std::string::npos ? first : core::parse_number<int>(node.text.substr(dots + 2));
    if (!first || !last || *last < *first || *last - *first >= static_cast<int>(most_trials))
      diagnostics.report(node.position, "invalid {}='{}' (must be a list, or FIRST..LAST)", name, node.text);
    else
      for (int value = *first; value <= *last; ++value) values.push_back(std::to_string(value));
  }
  for (const auto& item : node.items)
    if (item.kind == ConfigNode::Kind::scalar && !item.text.empty())
      values.push_back(item.text);
    else
      diagnostics.report(item.position, "invalid value of {} (must be a number or a word)", name);
  if (values.empty() && node.kind != ConfigNode::Kind::scalar)
    diagnostics.report(node.position, "invalid {} (must be a list, or FIRST..LAST)", name);
  if (std::set(values.begin(), values.end()).size() != values.size())
    diagnostics.report(node.position, "invalid {} (a value occurs twice)", name);
  return values;
}

/// The trials' variables: all combinations of a block's loops, blocks one after the other.
std::vector<Variables> read_loops(const ConfigNode& blocks, Diagnostics& diagnostics) {
  std::vector<Variables> trials;
  if (blocks.kind != ConfigNode::Kind::list || blocks.items.empty())
    diagnostics.report(blocks.position, "invalid trials (must be a list of blocks, each a map of loops)");
  for (const auto& block : blocks.items) {
    if (block.kind != ConfigNode::Kind::map || block.entries.empty()) {
      diagnostics.report(block.position, "invalid block of trials (must be a map: variable to its values)");
      continue;
    }
    std::vector<Variables> combinations{{}};
    for (const auto& entry : block.entries) {
      const auto values = loop_values(entry.value, "trials." + entry.key, diagnostics);
      std::vector<Variables> longer;
      if (combinations.size() * values.size() > most_trials) {
        diagnostics.report(entry.position, "too many trials (at most {})", most_trials);
        return {};
      }
      for (const auto& combination : combinations)
        for (const auto& value : values) {
          longer.push_back(combination);
          longer.back().emplace_back(entry.key, value);
        }
      combinations = std::move(longer);
    }
    trials.insert(trials.end(), combinations.begin(), combinations.end());
  }
  return trials;
}

/// A name below a network directory. Names go into paths, scripts and make rules.
std::string checked_path(const std::string& text, const ConfigSection& section, const std::string& key,
                         Diagnostics& diagnostics) {
  if (!is_plain_path(text))
    diagnostics.report(section.position(),
                       "invalid {}='{}' (a relative path of letters, digits and . _ - + , = without ..)",
                       section.name_of(key), text);
  return text;
}

void read_metrics(const ConfigNode& node, Paradigm& paradigm, Diagnostics& diagnostics) {
  for (const auto& item : node.items) {
    ConfigSection section(item, "metrics", diagnostics);
    ParadigmMetric metric;
    metric.kind = section.text("kind");
    const auto list = [&](const char* key, std::vector<std::string>& texts) {
      for (const auto& value : section.require(key).items) texts.push_back(value.text);
    };
    list("files", metric.files);
    if (section.has("needs")) list("needs", metric.needs);
    if (section.has("arguments")) list("arguments", metric.arguments);
    if (metric.files.empty())
      diagnostics.report(item.position, "invalid metrics.files (name the tables that '{}' makes)",
                         metric.kind);
    paradigm.metrics.push_back(std::move(metric));
  }
}

void make_trials(ConfigSection& root, Paradigm& paradigm, Diagnostics& diagnostics) {
  const auto name_pattern = root.text("trial_name");
  const auto variables = read_loops(root.require("trials"), diagnostics);
  auto lgn = root.section("lgn"), background = root.section("background");
  paradigm.lgn_template = checked_path(lgn.text("template"), lgn, "template", diagnostics);
  paradigm.lgn_folder = checked_path(lgn.text("folder"), lgn, "folder", diagnostics);
  static const ConfigNode no_changes = [] {
    ConfigNode node;
    node.kind = ConfigNode::Kind::map;
    return node;
  }();
  const auto& stimulus = lgn.has("stimulus") ? lgn.require("stimulus") : no_changes;
  paradigm.background_folder = checked_path(background.text("folder"), background, "folder", diagnostics);
  const auto file_pattern = background.text("file");
  paradigm.background_rate_hz = background.number("rate_hz", {.min = 0, .max = 4000});
  const auto seed = static_cast<std::uint64_t>(background.integer("seed", 0, 1'000'000'000'000));
  paradigm.runs_pattern = root.text("runs");
  if (paradigm.runs_pattern.find("{option}") == std::string::npos)
    diagnostics.report(root.position(),
                       "invalid runs='{}' (must contain {{option}}, else options overwrite each other)",
                       paradigm.runs_pattern);
  std::set<std::string> names;
  for (std::size_t k = 0; k < variables.size() && diagnostics.empty(); ++k) {
    ParadigmTrial trial{.index = k, .variables = variables[k]};
    trial.name = checked_path(filled_in(name_pattern, trial.variables, root.position(), diagnostics), root,
                              "trial_name", diagnostics);
    if (!names.insert(trial.name).second)
      diagnostics.report(root.position(),
                         "two trials are named '{}' (trial_name must use all variables that differ)",
                         trial.name);
    trial.stimulus = stimulus_of(stimulus, trial.variables, k, diagnostics);
    trial.lgn_directory = fs::path(paradigm.lgn_folder) / trial.name;
    trial.lgn_config = fs::path("configs") / paradigm.lgn_folder / fmt::format("config_filternet_{}.json", k);
    auto with_name = trial.variables;
    with_name.emplace_back("name", trial.name);
    trial.background_file =
        fs::path(paradigm.background_folder) /
        checked_path(filled_in(file_pattern, with_name, background.position(), diagnostics), background,
                     "file", diagnostics);
    trial.background_seed = seed + k;
    paradigm.trials.push_back(std::move(trial));
  }
}

}  // namespace

fs::path Paradigm::run_directory(const ParadigmTrial& trial, const std::string& option) const {
  return fs::path(runs_name(option)) / trial.name;
}

fs::path Paradigm::run_config(const ParadigmTrial& trial, const std::string& option) const {
  return fs::path("configs") / runs_name(option) / fmt::format("config_{}.json", trial.index);
}

std::string Paradigm::runs_name(const std::string& option) const {
  return with_option(runs_pattern, option);
}

std::string with_option(std::string pattern, const std::string& option) {
  constexpr std::string_view key = "{option}";
  for (auto at = pattern.find(key); at != std::string::npos; at = pattern.find(key, at + option.size()))
    pattern.replace(at, key.size(), option);
  return pattern;
}

std::vector<std::string> shipped_paradigms() {
  return shipped_names(paradigm_configs);
}

Paradigm read_paradigm(const std::string& name_or_path) {
  Paradigm paradigm;
  paradigm.file = find_config(paradigm_configs, name_or_path, {});
  paradigm.name = paradigm.file.stem();
  Diagnostics diagnostics;
  const auto tree = read_config(paradigm.file, paradigm_configs, diagnostics);
  {
    ConfigSection root(tree, "", diagnostics);
    paradigm.description = root.text("description");
    paradigm.duration_ms = root.number("duration_ms", {.min = 0, .max = 1e9, .min_open = true});
    make_trials(root, paradigm, diagnostics);
    if (root.has("metrics")) read_metrics(root.require("metrics"), paradigm, diagnostics);
  }
  diagnostics.throw_if_any();
  return paradigm;
}

TrialFilter parse_trial_filter(const std::string& text) {
  const auto equals = text.find('=');
  TrialFilter filter{.variable = text.substr(0, equals), .values = {}};
  for (std::size_t at = equals; at < text.size();) {
    const auto end = std::min(text.find(',', at + 1), text.size());
    filter.values.push_back(text.substr(at + 1, end - at - 1));
    at = end;
  }
  if (equals == 0 || filter.values.empty() || std::ranges::find(filter.values, "") != filter.values.end())
    throw core::UsageError("invalid --only '{}' (VARIABLE=VALUE,VALUE, such as angle=0,90)", text);
  return filter;
}

Paradigm filtered(Paradigm paradigm, const std::vector<TrialFilter>& filters) {
  for (const auto& filter : filters) {
    std::vector<std::string> variables, values;
    for (const auto& trial : paradigm.trials)
      for (const auto& [variable, value] : trial.variables) {
        if (std::ranges::find(variables, variable) == variables.end()) variables.push_back(variable);
        if (variable == filter.variable && std::ranges::find(values, value) == values.end())
          values.push_back(value);
      }
    if (std::ranges::find(variables, filter.variable) == variables.end())
      throw core::UsageError("{} has no variable '{}' (it has {})", paradigm.name, filter.variable,
                             fmt::join(variables, ", "));
    for (const auto& value : filter.values)
      if (std::ranges::find(values, value) == values.end())
        throw core::UsageError("{} has no {}={} (it has {})", paradigm.name, filter.variable, value,
                               fmt::join(values, ", "));
    std::erase_if(paradigm.trials, [&](const ParadigmTrial& trial) {
      return std::ranges::none_of(trial.variables, [&](const auto& variable) {
        return variable.first == filter.variable &&
               std::ranges::find(filter.values, variable.second) != filter.values.end();
      });
    });
  }
  if (paradigm.trials.empty())
    throw core::UsageError("no trial of {} is left by --only (the conditions exclude each other)",
                           paradigm.name);
  return paradigm;
}

}  // namespace striate::io
