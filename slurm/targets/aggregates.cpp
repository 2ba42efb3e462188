// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/targets/aggregates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "slurm/plan/target_names.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// Its tables that are pooled: arrays are each network's own.
std::vector<std::string> pooled_tables_of(const core::Kind& metric, const std::string& option) {
  std::vector<std::string> names;
  for (const std::string_view pattern : metric.writes)
    if (pattern.starts_with("{tables}/") && pattern.ends_with(".csv"))
      names.push_back(table_name(std::string(pattern), option));
  return names;
}

}  // namespace

std::optional<FoundAggregate> aggregate_at(
    const fs::path& target, const TableRules& rules,
    const std::function<const NetworkDirectory*(const fs::path&)>& network_at) {
  const auto suffix = target.extension();
  if (suffix != ".png" && suffix != ".svg" && suffix != ".pdf") return std::nullopt;
  const auto root = target.parent_path().parent_path();
  const auto name = target.parent_path().filename() / target.filename().replace_extension(".png");
  for (const auto& rule : rules.aggregates) {
    if (!name.string().starts_with(fs::path(rule.file).parent_path().string() + "/")) continue;
    const auto* first = network_at(root / rule.networks.front());
    const auto option = first == nullptr ? std::nullopt : option_in(rule.file, name, first->options());
    if (!option) continue;
    const auto metric = std::ranges::find(rules.metrics, std::string_view(rule.metric),
                                          [](const auto& kind) { return std::string_view(kind.name); });
    FoundAggregate found{.rule = &rule,
                         .option = *option,
                         .target = target,
                         .bases = {},
                         .tables = pooled_tables_of(*metric, *option)};
    for (const auto& network : rule.networks) found.bases.push_back(root / network);
    return found;
  }
  return std::nullopt;
}

std::vector<MadeStep> aggregate_steps(const FoundAggregate& found, const MadeStep& first) {
  const auto& rule = *found.rule;
  const auto folder = found.target.parent_path();
  const auto& base = found.bases.front();
  const auto label = [&](const char* kind) {
    return fmt::format("{} of {} networks {}", kind, found.bases.size(), found.option);
  };
  const auto add_networks = [&](std::vector<std::string>& arguments) {
    arguments.emplace_back("--networks");
    for (std::size_t k = 1; k < found.bases.size(); ++k) arguments.push_back(found.bases[k]);
  };
  const auto pooled_option = rule.pooled_name(found.option, found.bases.size());

  MadeStep table{.step = {.stage = Stage::metrics,
                          .label = label(rule.metric),
                          .inputs = {},
                          .outputs = {},
                          .arguments = first.step.arguments,  // with the paradigm that made each network's
                          .parallel = true}};
  for (const auto& network : found.bases)
    for (const auto& name : found.tables) table.step.inputs.push_back(network / name);
  for (const auto& name : found.tables) {
    auto file = fs::path(name).filename().string();
    const auto end = "_" + found.option + ".csv";
    file.replace(file.size() - end.size(), end.size(), "_" + pooled_option + ".csv");
    table.step.outputs.push_back(folder / file);
  }
  add_networks(table.step.arguments);
  table.step.arguments.insert(table.step.arguments.end(), {"-o", folder.string()});

  MadeStep picture{.step = {.stage = Stage::figures,
                            .label = "picture: " + label(rule.figure),
                            .inputs = table.step.outputs,
                            .outputs = {found.target},
                            .arguments = {"plot", rule.figure, base.string(), found.option}}};
  add_networks(picture.step.arguments);
  picture.step.arguments.insert(picture.step.arguments.end(),
                                {"--tables", folder.string(), "-o", found.target.string()});
  return {std::move(table), std::move(picture)};
}

}  // namespace striate::slurm
