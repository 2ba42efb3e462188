// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/read_paradigm.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "io/paradigm/paradigm_analysis.hpp"
#include "io/paradigm/paradigm_loops.hpp"
#include "io/paradigm/paradigm_metrics.hpp"
#include "io/paradigm/paradigm_slots.hpp"
#include "io/paradigm/paradigm_text.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/config_reader.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

constexpr NumberRange background_rates{.min = 0, .max = 4000};  // at most one spike in 0.25 ms

/// A name below a network directory. Names go into paths, scripts and make rules.
std::string checked_path(const std::string& text, const ConfigSection& section, const std::string& key,
                         Diagnostics& diagnostics) {
  if (!is_plain_path(text))
    diagnostics.report(section.position(),
                       "invalid {}='{}' (a relative path of letters, digits and . _ - + , = without ..)",
                       section.name_of(key), text);
  return text;
}

/// "angle{angle}_trial{trial:2}" as "angle*_trial*".
std::string with_stars(std::string pattern) {
  for (auto at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at))
    pattern.replace(at, std::min(pattern.find('}', at), pattern.size() - 1) - at + 1, "*");
  return pattern;
}

void make_trials(ConfigSection& root, Paradigm& paradigm, Diagnostics& diagnostics) {
  const auto name_pattern = root.text("trial_name");
  paradigm.trial_pattern = with_stars(name_pattern);
  const auto variables = read_loops(root.require("trials"), "trials", diagnostics);
  auto lgn = root.section("lgn"), background = root.section("background");
  paradigm.lgn_template = checked_path(lgn.text("template"), lgn, "template", diagnostics);
  paradigm.lgn_folder = checked_path(lgn.text("folder"), lgn, "folder", diagnostics);
  static const ConfigNode no_changes = [] {
    ConfigNode node;
    node.kind = ConfigNode::Kind::map;
    return node;
  }();
  const auto& stimulus = lgn.has("stimulus") ? lgn.require("stimulus") : no_changes;
  if (lgn.has("replace")) paradigm.replaces_input = lgn.boolean("replace");
  for (const auto& entry : stimulus.entries)
    if (tells_trials_apart(entry.value)) paradigm.trial_keys.push_back(entry.key);
  const auto slots = read_slots(lgn, stimulus, variables, paradigm, diagnostics);
  paradigm.background_folder = checked_path(background.text("folder"), background, "folder", diagnostics);
  const auto file_pattern = background.text("file");
  paradigm.background_rate_hz = background.number("rate_hz", background_rates);
  const auto seed = static_cast<std::uint64_t>(background.integer("seed", 0, 1'000'000'000'000));
  std::string one_unit_pattern;
  if (background.has("one_unit")) {
    auto one_unit = background.section("one_unit");
    one_unit_pattern = one_unit.text("file");
    paradigm.one_unit_rate_hz = one_unit.number("rate_hz", background_rates);
  }
  paradigm.runs_pattern = root.text("runs");
  if (paradigm.runs_pattern.find("{option}") == std::string::npos)
    diagnostics.report(root.position(),
                       "invalid runs='{}' (must contain {{option}}, else options overwrite each other)",
                       paradigm.runs_pattern);
  checked_path(paradigm.runs_name("plain"), root, "runs", diagnostics);
  std::set<std::string> names;
  std::map<fs::path, std::string> background_owners;
  std::set<fs::path> one_unit_files;
  for (std::size_t k = 0; k < variables.size() && diagnostics.empty(); ++k) {
    ParadigmTrial trial;
    trial.index = k;
    trial.variables = variables[k];
    trial.name = checked_path(filled_in(name_pattern, trial.variables, root.position(), diagnostics), root,
                              "trial_name", diagnostics);
    if (!names.insert(trial.name).second)
      diagnostics.report(root.position(),
                         "two trials are named '{}' (trial_name must use all variables that differ)",
                         trial.name);
    show(slots, trial, paradigm, lgn.position(), diagnostics);
    trial.lgn_directory = fs::path(paradigm.lgn_folder) / trial.name;
    trial.lgn_config = fs::path("configs") / paradigm.lgn_folder / fmt::format("config_filternet_{}.json", k);
    auto with_name = trial.variables;
    with_name.emplace_back("name", trial.name);
    const auto background_path = [&](const std::string& pattern, const char* key) {
      return fs::path(paradigm.background_folder) /
             checked_path(filled_in(pattern, with_name, background.position(), diagnostics), background, key,
                          diagnostics);
    };
    trial.background_file = background_path(file_pattern, "file");
    const auto [owner, is_own] = background_owners.emplace(trial.background_file, trial.name);
    if (!is_own)
      diagnostics.report(background.position(), "trials '{}' and '{}' have the same background file {}",
                         owner->second, trial.name, trial.background_file);
    if (!one_unit_pattern.empty()) {
      trial.one_unit_background_file = background_path(one_unit_pattern, "one_unit.file");
      if (!one_unit_files.insert(trial.one_unit_background_file).second)
        diagnostics.report(background.position(),
                           "two trials have the background file {} (one_unit.file must use all variables "
                           "that differ)",
                           trial.one_unit_background_file);
    }
    trial.background_seed = seed + k;
    paradigm.trials.push_back(std::move(trial));
  }
}

}  // namespace

Paradigm read_paradigm(const std::string& name_or_path, const std::vector<MetricRule>* rules) {
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
    if (root.has("tables")) paradigm.tables = checked_path(root.text("tables"), root, "tables", diagnostics);
    if (root.has("windows")) read_windows(root.require("windows"), paradigm, diagnostics);
    read_analysis(root, paradigm, diagnostics);
    if (root.has("metrics")) {
      const auto& metrics = root.require("metrics");
      // What is wrong with the trials would be said again in other words.
      if (rules != nullptr && diagnostics.empty()) read_metrics(metrics, *rules, paradigm, diagnostics);
    }
    if (rules != nullptr && diagnostics.empty()) add_more_metrics(*rules, paradigm);
  }
  diagnostics.throw_if_any();
  return paradigm;
}

std::vector<Paradigm> paradigms_of(const fs::path& base, const std::vector<Paradigm>& own,
                                   const std::vector<MetricRule>* rules) {
  std::vector<Paradigm> all;
  std::set<std::string> names;
  for (const auto& paradigm : own)
    if (names.insert(paradigm.name).second) all.push_back(paradigm);
  for (const auto& file : files_in(base / "configs/paradigms", ".yaml"))
    if (names.insert(file.stem()).second) all.push_back(read_paradigm(file, rules));
  for (const auto& shipped : shipped_paradigms())
    if (names.insert(shipped).second) all.push_back(read_paradigm(shipped, rules));
  return all;
}

}  // namespace striate::io
