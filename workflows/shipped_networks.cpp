// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/shipped_networks.hpp"

#include <algorithm>

#include "builder/files/run_configs.hpp"
#include "builder/spec/read_spec.hpp"
#include "core/network_paths.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::workflows {

std::optional<slurm::BuildFiles> shipped_network(const std::string& name) {
  const auto names = io::shipped_names(io::network_configs);
  if (std::ranges::find(names, name) == names.end()) return std::nullopt;
  slurm::BuildFiles files;
  const core::NetworkPaths paths;
  for (const char* part : {core::v1_population, core::lgn_population, core::background_population})
    for (const auto& file :
         {paths.nodes(part), paths.node_types(part), paths.edges(part), paths.edge_types(part)})
      files.network.push_back(file);
  files.components = {paths.cell_models(), paths.synaptic_models()};
  for (const auto& file : builder::run_config_files(builder::read_network_spec(name, {}, "")))
    files.configs[file.name] = io::Json::parse(file.text);
  return files;
}

}  // namespace striate::workflows
