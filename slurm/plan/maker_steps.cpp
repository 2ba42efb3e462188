// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/maker_steps.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/plan/target_names.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// Below the network directory.
std::vector<std::string> files_of(const core::Patterns& patterns) {
  std::vector<std::string> files;
  for (const auto* pattern : patterns) files.push_back(usual_pattern(pattern));
  return files;
}

/// Does the file that may have been given lie there without those that are made with it?
bool is_given(const fs::path& base, const Maker& maker) {
  if (maker.may_be_given == nullptr || !io::is_there(base / maker.may_be_given)) return false;
  return std::ranges::none_of(files_of(maker.kind->writes), [&](const std::string& file) {
    return file != maker.may_be_given && io::is_there(base / file);
  });
}

MadeStep step_of(const fs::path& base, const Maker& maker) {
  MadeStep made{.step = {.stage = maker.stage,
                         .label = fmt::format("{} of {}", fmt::join(maker.command, " "), base),
                         .inputs = {},
                         .outputs = {},
                         .arguments = maker.command,
                         .parallel = maker.parallel}};
  auto& step = made.step;
  step.arguments.push_back(*maker.told == '\0' ? base : base / maker.told);
  const bool given = is_given(base, maker);
  for (const auto& argument : given ? maker.without_it : maker.arguments) step.arguments.push_back(argument);
  for (const auto& file : files_of(maker.kind->reads)) step.inputs.push_back(base / file);
  for (const auto& file : files_of(maker.kind->writes))
    if (!given || file != maker.may_be_given) step.outputs.push_back(base / file);
  return made;
}

}  // namespace

std::optional<MadeStep> maker_step(const NetworkDirectory& network, const fs::path& rest) {
  for (const auto& maker : network.rules().makers) {
    const auto files = files_of(maker.kind->writes);
    if (std::ranges::find(files, rest.string()) == files.end()) continue;
    auto made = step_of(network.base(), maker);
    const auto& outputs = made.step.outputs;
    if (std::ranges::find(outputs, network.base() / rest) != outputs.end()) return made;
  }
  return std::nullopt;
}

std::vector<std::string> maker_targets(const TableRules& rules) {
  std::vector<std::string> names;
  for (const auto& maker : rules.makers)
    std::ranges::move(files_of(maker.kind->writes), std::back_inserter(names));
  return names;
}

}  // namespace striate::slurm
