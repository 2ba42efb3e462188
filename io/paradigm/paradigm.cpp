// SPDX-License-Identifier: BSD-3-Clause
// What paths, options of a command and the network's size make of a paradigm that has been read.
#include "io/paradigm/paradigm.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/text.hpp"
#include "io/hdf5/h5.hpp"
#include "io/paradigm/paradigm_text.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::io {
namespace fs = std::filesystem;

namespace {

fs::path background_nodes(const fs::path& base) {
  return core::NetworkPaths{base}.nodes(core::background_population);
}

}  // namespace

std::optional<fs::path> ParadigmTrial::picture_file(const fs::path& base) const {
  const auto file = stimulus.find("data_file");
  if (file == stimulus.end() || !file->is_string()) return std::nullopt;
  constexpr std::string_view variable = "$BASE_DIR/";
  const auto& name = file->get_ref<const std::string&>();
  return name.starts_with(variable) ? base / name.substr(variable.size()) : fs::path(name);
}

fs::path Paradigm::run_directory(const ParadigmTrial& trial, const std::string& option) const {
  return fs::path(runs_name(option)) / trial.name;
}

fs::path Paradigm::run_config(const ParadigmTrial& trial, const std::string& option) const {
  return fs::path("configs") / runs_name(option) / fmt::format("config_{}.json", trial.index);
}

fs::path Paradigm::labels_file() const {
  return fs::path("configs") / lgn_folder / "stim_ids.h5";
}

fs::path Paradigm::conditions_file() const {
  return fs::path("configs") / lgn_folder / "conditions.csv";
}

std::vector<fs::path> Paradigm::shown_files() const {
  std::vector<fs::path> files;
  if (!orders.empty()) files.push_back(labels_file());
  if (!conditions.empty()) files.push_back(conditions_file());
  return files;
}

std::string Paradigm::runs_name(const std::string& option) const {
  return with_option(runs_pattern, option);
}

std::string Paradigm::tables_folder(const std::string& usual_paradigm) const {
  if (!tables.empty()) return tables;
  return usual_paradigm.empty() || name == usual_paradigm ? "metrics" : "metrics/" + name;
}

const core::Window* Paradigm::window(const std::string& window_name) const {
  const auto found = std::ranges::find(windows, window_name, [](const auto& entry) { return entry.first; });
  return found == windows.end() ? nullptr : &found->second;
}

std::string paradigm_argument(const Paradigm& paradigm) {
  return paradigm.file.parent_path() == config_directory() / paradigm_configs.folder ? paradigm.name
                                                                                     : paradigm.file.string();
}

std::vector<std::string> shipped_paradigms() {
  return shipped_names(paradigm_configs);
}

std::string with_option(std::string pattern, const std::string& option) {
  core::replace_all(pattern, "{option}", option);
  return pattern;
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

Paradigm with_only(Paradigm paradigm, const std::vector<std::string>& only) {
  std::vector<TrialFilter> filters;
  for (const auto& text : only) filters.push_back(parse_trial_filter(text));
  return filtered(std::move(paradigm), filters);
}

Paradigm with_trials(Paradigm paradigm, const std::vector<std::string>& names) {
  std::set<std::string> known;
  for (const auto& trial : paradigm.trials) known.insert(trial.name);
  for (const auto& name : names)
    if (!known.contains(name))
      throw core::UsageError("{} has no trial '{}' (its trials are {}){}", paradigm.name, name,
                             paradigm.trial_pattern,
                             core::did_you_mean(name, std::vector(known.begin(), known.end())));
  const std::set<std::string> wanted(names.begin(), names.end());
  std::erase_if(paradigm.trials, [&](const ParadigmTrial& trial) { return !wanted.contains(trial.name); });
  return paradigm;
}

void set_stimulus(Paradigm& paradigm, const std::string& key_and_value) {
  const auto equals = key_and_value.find('=');
  const auto key = key_and_value.substr(0, equals);
  if (equals == std::string::npos || key.empty() || equals + 1 == key_and_value.size())
    throw core::UsageError("invalid --stimulus '{}' (KEY=VALUE, such as temporal_f=1.0)", key_and_value);
  if (std::ranges::find(paradigm.trial_keys, key) != paradigm.trial_keys.end())
    throw core::UsageError(
        "invalid --stimulus '{}' (the trials of {} differ in {}, or its tables count on it)", key_and_value,
        paradigm.name, key);
  const auto text = key_and_value.substr(equals + 1);
  // Trials' configurations lie elsewhere than the user does.
  const auto value = key == "data_file" && !text.starts_with('$')
                         ? Json(fs::absolute(text).lexically_normal().string())
                         : stimulus_value(text);
  for (auto& trial : paradigm.trials) trial.stimulus[key] = value;
}

Paradigm for_background_units(Paradigm paradigm, std::uint64_t units) {
  if (units != 1 || paradigm.one_unit_rate_hz == 0) return paradigm;
  paradigm.background_rate_hz = paradigm.one_unit_rate_hz;
  for (auto& trial : paradigm.trials) trial.background_file = trial.one_unit_background_file;
  return paradigm;
}

std::uint64_t background_units(const fs::path& base) {
  const auto path = background_nodes(base);
  core::require_readable(path, "it says how many background units there are");
  const auto file = h5::File::open(path);
  const std::string dataset = "/nodes/bkg/node_id";
  const auto ids = h5::read<std::uint64_t>(file, dataset);
  for (std::size_t k = 0; k < ids.size(); ++k)
    if (ids[k] != k)
      throw core::FormatError("{}:{} row {} holds {} (ids must be 0, 1, 2, …)", path, dataset, k, ids[k]);
  if (ids.empty()) throw core::FormatError("{}:{} is empty (no background units)", path, dataset);
  return ids.size();
}

Paradigm for_network(Paradigm paradigm, const fs::path& base) {
  std::error_code ignored;
  if (!fs::exists(background_nodes(base), ignored)) return paradigm;
  return for_background_units(std::move(paradigm), background_units(base));
}

std::vector<std::string> metric_arguments(const ParadigmMetric& metric, const fs::path& base,
                                          const std::string& option) {
  auto arguments = metric.arguments;
  for (auto& argument : arguments) {
    argument = with_option(std::move(argument), option);
    core::replace_all(argument, "{base}", base.string());
  }
  return arguments;
}

}  // namespace striate::io
