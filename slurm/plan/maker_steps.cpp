// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/maker_steps.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// Does the file that may have been given lie there without those that are made with it?
bool is_given(const fs::path& base, const Maker& maker) {
  if (maker.may_be_given == nullptr || !io::is_there(base / maker.may_be_given)) return false;
  return std::ranges::none_of(maker.kind->writes, [&](const std::string& file) {
    return file != maker.may_be_given && io::is_there(base / file);
  });
}

MadeStep step_of(const fs::path& base, const Maker& maker) {
  MadeStep made{.step = {.stage = Stage::interventions,
                         .label = fmt::format("{} of {}", fmt::join(maker.command, " "), base),
                         .inputs = {},
                         .outputs = {},
                         .arguments = maker.command,
                         .parallel = true}};
  auto& step = made.step;
  step.arguments.push_back(base);
  const bool given = is_given(base, maker);
  for (const auto& argument : given ? maker.without_it : maker.arguments) step.arguments.push_back(argument);
  for (const auto* file : maker.kind->reads) step.inputs.push_back(base / file);
  for (const std::string file : maker.kind->writes)
    if (!given || file != maker.may_be_given) step.outputs.push_back(base / file);
  return made;
}

}  // namespace

std::optional<MadeStep> maker_step(const NetworkDirectory& network, const fs::path& rest) {
  for (const auto& maker : network.rules().makers) {
    if (std::ranges::find(maker.kind->writes, rest.string()) == maker.kind->writes.end()) continue;
    auto made = step_of(network.base(), maker);
    const auto& outputs = made.step.outputs;
    if (std::ranges::find(outputs, network.base() / rest) != outputs.end()) return made;
  }
  return std::nullopt;
}

std::vector<std::string> maker_targets(const TableRules& rules) {
  std::vector<std::string> names;
  for (const auto& maker : rules.makers)
    names.insert(names.end(), maker.kind->writes.begin(), maker.kind->writes.end());
  return names;
}

}  // namespace striate::slurm
