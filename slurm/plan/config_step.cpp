// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/config_step.hpp"

#include <string_view>
#include <unordered_set>

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// Each once, as the plan names them.
std::vector<fs::path> plan_names(const NetworkDirectory& network, const std::vector<io::NamedPath>& files) {
  std::vector<fs::path> names;
  std::unordered_set<std::string_view> known;
  for (const auto& file : files)
    if (const auto& name = network.plan_name(file.path); known.insert(name.native()).second)
      names.push_back(name);
  return names;
}

}  // namespace

MadeStep config_step(const NetworkDirectory& network, const fs::path& file, io::RunKind kind,
                     const io::ConfigFiles& files) {
  const bool for_lgn = kind == io::RunKind::lgn;
  MadeStep made;
  made.step.stage = for_lgn ? Stage::lgn : Stage::simulate;
  made.step.inputs = plan_names(network, files.inputs);
  made.step.outputs = plan_names(network, files.results);
  made.step.arguments = {for_lgn ? "lgn" : "simulate", file.string()};
  made.step.parallel = true;
  return made;
}

}  // namespace striate::slurm
