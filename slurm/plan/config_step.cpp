// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/config_step.hpp"

#include <set>

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// Each once, as the plan names them.
std::vector<fs::path> plan_names(const NetworkDirectory& network, const std::vector<io::NamedPath>& files) {
  std::vector<fs::path> names;
  std::set<fs::path> known;
  for (const auto& file : files)
    if (auto name = network.plan_name(file.path); known.insert(name).second) names.push_back(std::move(name));
  return names;
}

}  // namespace

MadeStep config_step(const NetworkDirectory& network, const fs::path& file, io::RunKind kind,
                     const io::ConfigFiles& files) {
  const bool for_lgn = kind == io::RunKind::lgn;
  // Whatever may throw stands before the braces: g++ 12 frees what such an initialiser has not made yet.
  auto inputs = plan_names(network, files.inputs), outputs = plan_names(network, files.results);
  return {.step = {.stage = for_lgn ? Stage::lgn : Stage::simulate,
                   .label = {},
                   .inputs = std::move(inputs),
                   .outputs = std::move(outputs),
                   .arguments = {for_lgn ? "lgn" : "simulate", file},
                   .parallel = true}};
}

}  // namespace striate::slurm
