// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/condition_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "slurm/plan/target_names.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

std::string config_name(const std::string& option) {
  return "config_" + option + ".json";
}

std::vector<fs::path> files_of(const NetworkDirectory& network, const core::Patterns& patterns,
                               const std::string& option) {
  std::vector<fs::path> files;
  for (const auto* pattern : patterns) files.push_back(network.base() / table_name(pattern, option));
  return files;
}

MadeStep config_of(const NetworkDirectory& network, const ConditionRules& rules, const Condition& condition) {
  const auto& base = network.base();
  const auto configs = core::NetworkPaths{base}.configs();
  MadeStep made{.step = {.stage = Stage::interventions,
                         .label = fmt::format("configuration of {} {}", base, condition.name),
                         .inputs = {base / condition.cohort, configs / config_name(condition.option)},
                         .outputs = {configs / config_name(condition.name)},
                         .arguments = rules.command}};
  made.step.arguments.insert(made.step.arguments.end(), {base, condition.name});
  made.step.arguments.insert(made.step.arguments.end(), rules.arguments.begin(), rules.arguments.end());
  return made;
}

MadeStep comparison_of(const NetworkDirectory& network, const ConditionRules& rules,
                       const Condition& condition) {
  const auto& base = network.base();
  MadeStep made{.step = {.stage = Stage::metrics,
                         .label = fmt::format("{} of {} {}", rules.comparison, base, condition.name),
                         .inputs = {base / condition.cohort},
                         .outputs = files_of(network, rules.comparison_writes, condition.name),
                         .arguments = {"metrics", rules.comparison, base, condition.name},
                         .parallel = true}};
  for (const auto& option : {condition.option, condition.name})
    for (auto& file : files_of(network, rules.comparison_reads, option))
      if (std::ranges::find(made.step.inputs, file) == made.step.inputs.end())
        made.step.inputs.push_back(std::move(file));
  for (auto& argument : rules.comparison_arguments(condition))
    made.step.arguments.push_back(std::move(argument));
  return made;
}

}  // namespace

std::optional<MadeStep> condition_step(const NetworkDirectory& network, const fs::path& rest) {
  const auto* rules = network.rules().conditions;
  if (rules == nullptr) return std::nullopt;
  for (const auto& condition : rules->conditions) {
    if (rest == fs::path("configs") / config_name(condition.name)) {
      if (network.made_condition(condition.name) == nullptr) return std::nullopt;
      return config_of(network, *rules, condition);
    }
    if (std::ranges::find(network.options(), condition.name) == network.options().end()) continue;
    const auto tables = files_of(network, rules->comparison_writes, condition.name);
    if (std::ranges::find(tables, network.base() / rest) != tables.end())
      return comparison_of(network, *rules, condition);
  }
  return std::nullopt;
}

std::vector<std::string> condition_targets(const NetworkDirectory& network) {
  std::vector<std::string> names;
  const auto* rules = network.rules().conditions;
  if (rules == nullptr) return names;
  for (const auto& condition : rules->conditions) {
    if (std::ranges::find(network.options(), condition.name) == network.options().end()) continue;
    names.push_back(fs::path("configs") / config_name(condition.name));
    names.push_back(fmt::format("output_{}/spikes.h5", condition.name));
    for (const auto* pattern : rules->comparison_writes) names.push_back(table_name(pattern, condition.name));
  }
  return names;
}

}  // namespace striate::slurm
