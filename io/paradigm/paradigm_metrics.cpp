// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/paradigm_metrics.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/text/config_reader.hpp"

namespace striate::io {
namespace {

using Texts = std::vector<std::string>;

/// Words of a command line as values of the kind's options. Throws UsageError.
void check_arguments(const Texts& words, const core::Kind& kind) {
  core::OptionValues::Given given;
  const core::Option* option = nullptr;
  for (const auto& word : words) {
    const bool is_name = word.starts_with('-') && !core::parse_number<double>(word);
    if (!is_name && option == nullptr)
      throw core::UsageError("'{}' follows no option (BASE and OPT are given by whoever makes the table)",
                             word);
    if (!is_name) {
      given[option->name].push_back(word);
      continue;
    }
    const auto name = word.substr(word.starts_with("--") ? 2 : 1);
    const auto found = std::ranges::find_if(kind.options, [&](const core::Option& each) {
      return word.starts_with("--") ? name == each.name : name == std::string(1, each.letter);
    });
    if (found == kind.options.end())
      throw core::UsageError("'{}' takes no option {} (see 'striate metrics {} --help')", kind.name, word,
                             kind.name);
    if (found->moves_files || name == "paradigm")
      throw core::UsageError(
          "{} would put the tables of '{}' elsewhere (they are expected where the paradigm's "
          "tables lie) leave it out, or set `tables`",
          word, kind.name);
    option = &*found;
    given[option->name];
  }
  for (const auto& [name, values] : given) {
    const auto& of_name = *std::ranges::find(kind.options, std::string_view(name), &core::Option::name);
    const bool flag = of_name.type == core::Option::Type::flag;
    if (values.empty() != flag || (values.size() > 1 && of_name.takes == core::Option::Takes::one))
      throw core::UsageError("--{} of '{}' takes {}", name, kind.name, flag ? "no value" : "a value");
  }
  const core::OptionValues checked(kind.options, given);
}

Texts texts_of(const ConfigNode& node, const std::string& name, Diagnostics& diagnostics) {
  Texts texts;
  for (const auto& item : node.items) texts.push_back(item.text);
  if (node.kind != ConfigNode::Kind::list || std::ranges::find(texts, std::string()) != texts.end())
    diagnostics.report(node.position, "invalid {} (must be a list of texts)", name);
  return texts;
}

/// Whether the rule is that of an entry with these arguments.
bool is_meant(const MetricRule& rule, const Texts& arguments) {
  if (rule.option == nullptr) return true;
  const auto given = std::ranges::find(arguments, std::string("--") + rule.option);
  if (given != arguments.end() && given + 1 != arguments.end()) return *(given + 1) == rule.value;
  const auto& options = rule.kind->options;
  const auto option = std::ranges::find(options, std::string_view(rule.option), &core::Option::name);
  return core::default_text(*option) == rule.value;
}

const MetricRule* rule_named(const ParadigmMetric& metric, const std::vector<MetricRule>& rules,
                             const Position& position, Diagnostics& diagnostics) {
  const auto& kind = metric.kind;
  const auto is_named = [&](const MetricRule& each) { return kind == each.kind->name; };
  auto rule = std::ranges::find_if(
      rules, [&](const MetricRule& each) { return is_named(each) && is_meant(each, metric.arguments); });
  if (rule == rules.end()) rule = std::ranges::find_if(rules, is_named);  // its options are told then
  if (rule != rules.end() && rule->paradigm != nullptr) return &*rule;
  Texts names;
  for (const auto& each : rules)
    if (each.paradigm != nullptr && std::ranges::find(names, each.kind->name) == names.end())
      names.emplace_back(each.kind->name);
  if (rule == rules.end())
    diagnostics.report(position, "unknown metrics.kind '{}' (known: {}){}", kind, fmt::join(names, ", "),
                       core::did_you_mean(kind, names));
  else
    diagnostics.report(position,
                       "invalid metrics.kind '{}' (it is not made of a paradigm's trials; those are: {})",
                       kind, fmt::join(names, ", "));
  return nullptr;
}

/// Files of an option are made by the entry that gives it, else for whoever asks for them.
void add_more_files(ParadigmMetric& metric, const MetricRule& rule, const Paradigm& paradigm) {
  const auto& more = rule.kind->more;
  if (more.writes.size() == 0) return;
  Texts files;
  for (const auto* pattern : more.writes) files.push_back(paradigm_file(pattern, rule, paradigm));
  const auto option = std::string("--") + more.option;
  const auto given = std::ranges::find(metric.arguments, option);
  if (given == metric.arguments.end()) {
    metric.more_files = std::move(files);
    metric.more_arguments = {option, more.value};
  } else if (given + 1 != metric.arguments.end() && *(given + 1) == more.value) {
    std::ranges::move(files, std::back_inserter(metric.files));
  }
}

/// What follows from the rule.
void complete(ParadigmMetric& metric, const MetricRule& rule, const Paradigm& paradigm) {
  metric.usual_paradigm = rule.paradigm;
  metric.takes_paradigm = core::arguments_of(*rule.kind).front().name == "PARADIGM";
  for (const auto* pattern : rule.kind->writes)
    metric.files.push_back(paradigm_file(pattern, rule, paradigm));
  for (const auto* pattern : rule.kind->reads) metric.needs.push_back(paradigm_file(pattern, rule, paradigm));
  add_more_files(metric, rule, paradigm);
}

void read_metric(const ConfigNode& item, const std::vector<MetricRule>& rules, Paradigm& paradigm,
                 Diagnostics& diagnostics) {
  ConfigNode as_map = item;
  if (item.kind == ConfigNode::Kind::scalar) {  // "- odsi"
    as_map = {};
    as_map.kind = ConfigNode::Kind::map;
    as_map.position = item.position;
    as_map.entries.push_back({"kind", item.position, item});
  }
  ConfigSection section(as_map, "metrics", diagnostics);
  ParadigmMetric metric;
  metric.kind = section.text("kind");
  for (const char* key : {"files", "needs"})
    if (section.has(key)) {
      section.require(key);
      diagnostics.report(section.position(),
                         "metrics.{} is no key any more (files follow from the kind) remove it", key);
    }
  if (section.has("arguments"))
    metric.arguments = texts_of(section.require("arguments"), "metrics.arguments", diagnostics);
  const auto* rule = rule_named(metric, rules, section.position(), diagnostics);
  if (rule == nullptr) return;
  try {
    check_arguments(metric.arguments, *rule->kind);
  } catch (const core::UsageError& error) {
    diagnostics.report(section.position(), "invalid metrics.arguments: {}", error.what());
  }
  if (const auto why = rule->refusal(paradigm); !why.empty()) {
    diagnostics.report(section.position(), "metrics.kind '{}' cannot be made: {}", metric.kind, why);
    return;
  }
  complete(metric, *rule, paradigm);
  paradigm.metrics.push_back(std::move(metric));
}

/// A table made of another one needs an entry that makes that one.
void require_sources(const Paradigm& paradigm, const Position& position, Diagnostics& diagnostics) {
  for (const auto& metric : paradigm.metrics) {
    const auto tables = paradigm.tables_folder(metric.usual_paradigm) + "/";
    for (const auto& need : metric.needs)
      if (need.starts_with(tables) && std::ranges::none_of(paradigm.metrics, [&](const auto& other) {
            return std::ranges::find(other.files, need) != other.files.end();
          }))
        diagnostics.report(position,
                           "metrics.kind '{}' cannot be made: it needs {}, which no other entry makes",
                           metric.kind, need);
  }
}

}  // namespace

std::string paradigm_file(const char* pattern, const MetricRule& rule, const Paradigm& paradigm) {
  std::string text = pattern;
  const auto tables = paradigm.tables_folder(rule.paradigm);
  core::replace_all(text, "{tables}", tables);
  core::replace_all(text, "{runs}", paradigm.runs_pattern);
  core::replace_all(text, "{paradigm}", paradigm.name);
  core::replace_all(text, "{cache}",
                    (tables == "metrics" ? "" : tables + "/") + std::string("cached_rates_{option}"));
  for (const auto& [name, window] : paradigm.windows)
    core::replace_all(text, "{window:" + name + "}", fmt::format("{}to{}", window.begin_ms, window.end_ms));
  return text;
}

void read_windows(const ConfigNode& node, Paradigm& paradigm, Diagnostics& diagnostics) {
  if (node.kind != ConfigNode::Kind::map)
    diagnostics.report(node.position, "invalid windows (must be a map: name to interval)");
  for (const auto& entry : node.entries) {
    const auto window = core::parse_window(entry.value.text);
    if (!window)
      diagnostics.report(
          entry.position,
          "invalid windows.{}='{}' (an interval of ms, such as \"(500, 2500]\": a round bracket "
          "leaves its end out)",
          entry.key, entry.value.text);
    else if (window->end_ms > paradigm.duration_ms)
      diagnostics.report(entry.position, "invalid windows.{}='{}' (trials end at {} ms)", entry.key,
                         entry.value.text, paradigm.duration_ms);
    else
      paradigm.windows.emplace_back(entry.key, *window);
  }
}

void read_metrics(const ConfigNode& node, const std::vector<MetricRule>& rules, Paradigm& paradigm,
                  Diagnostics& diagnostics) {
  if (node.kind != ConfigNode::Kind::list) {
    diagnostics.report(node.position, "invalid metrics (must be a list of kinds, or of maps)");
    return;
  }
  for (const auto& item : node.items) read_metric(item, rules, paradigm, diagnostics);
  if (diagnostics.empty()) require_sources(paradigm, node.position, diagnostics);
}

void add_more_metrics(const std::vector<MetricRule>& rules, Paradigm& paradigm) {
  for (const auto& rule : rules) {
    if (rule.paradigm == nullptr || std::string_view(rule.paradigm) != "") continue;
    if (std::ranges::find(paradigm.metrics, rule.kind->name, &ParadigmMetric::kind) != paradigm.metrics.end())
      continue;
    if (!rule.refusal(paradigm).empty()) continue;
    ParadigmMetric metric{.kind = rule.kind->name};
    complete(metric, rule, paradigm);
    paradigm.more_metrics.push_back(std::move(metric));
  }
}

}  // namespace striate::io
