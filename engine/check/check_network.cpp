// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <map>
#include <set>

#include "core/network_paths.hpp"
#include "engine/check/check_simulation.hpp"
#include "io/generation/generation.hpp"
#include "io/sonata/edges.hpp"

namespace striate::engine {
namespace {

using core::Problems;
namespace fs = std::filesystem;

/// Names of the regular files in a folder, sorted.
std::set<std::string> file_names(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.is_regular_file()) names.insert(entry.path().filename().string());
  return names;
}

/// The part before the last `mark`, or nullopt.
std::optional<std::string> before(const std::string& name, std::string_view mark) {
  const auto cut = name.rfind(mark);
  return cut == std::string::npos || cut == 0 ? std::nullopt : std::optional(name.substr(0, cut));
}

/// The circuit as the names of its files say it: X_nodes.h5 with X_node_types.csv, X_edges[_variant].h5 with
/// X_edge_types.csv.
io::SonataConfig find_circuit(const fs::path& network, Problems& problems) {
  io::SonataConfig config;
  config.file = network;
  const auto names = file_names(network);
  const auto types_of = [&](const std::string& stem) {
    return names.contains(stem) ? std::optional(network / stem) : std::nullopt;
  };
  const auto require = [&](const std::string& name, const std::string& because) {
    if (!names.contains(name))
      problems.add(core::MissingFileError("no such file {} (there is {})", network / name, because));
  };
  for (const auto& name : names) {
    if (name.ends_with(core::nodes_ending)) {
      const auto stem = core::node_types_file_name(*before(name, core::nodes_ending));
      require(stem, name);
      config.nodes.push_back({network / name, types_of(stem)});
    } else if (const auto stem = before(name, core::edges_mark); stem && name.ends_with(core::data_ending)) {
      const auto types = *stem + std::string(core::edge_types_ending);
      require(types, name);
      config.edges.push_back({network / name, types_of(types)});
    } else if (name.ends_with(core::node_types_ending)) {
      require(core::nodes_file_name(*before(name, core::node_types_ending)), name);
    } else if (name.ends_with(core::edge_types_ending)) {
      require(*before(name, core::edge_types_ending) + std::string(core::edges_mark) +
                  std::string(core::data_ending),
              name);
    }
  }
  if (config.nodes.empty())
    problems.add(
        core::MissingFileError("no *{} in {} (is it a network directory?)", core::nodes_ending, network));
  return config;
}

/// Variants of an edge population are alternatives: the largest counts.
io::SonataConfig without_variants(const io::SonataConfig& config) {
  io::SonataConfig result = config;
  result.edges.clear();
  std::map<fs::path, io::EdgesEntry> largest;
  for (const auto& entry : config.edges) {
    auto& known = largest[entry.edge_types_file.value_or(entry.edges_file)];
    if (known.edges_file.empty() || fs::file_size(entry.edges_file) > fs::file_size(known.edges_file))
      known = entry;
  }
  for (const auto& [types, entry] : largest) result.edges.push_back(entry);
  return result;
}

/// Cell files that no type names are still somebody's; wrong ones should be known.
void check_components(const core::NetworkPaths& paths, Problems& problems) {
  for (const auto& folder : {paths.cell_models(), paths.synaptic_models()}) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& name : file_names(folder))
      if (name.ends_with(".json")) check_component(folder / name, problems);
  }
}

}  // namespace

fs::path network_folder_of(const fs::path& directory) {
  const fs::path given = fs::absolute(directory).lexically_normal();
  const fs::path plain = given.has_filename() ? given : given.parent_path();
  const auto below = core::NetworkPaths{plain}.network();
  return fs::is_directory(below) ? below : plain;
}

CheckResult check_network(const fs::path& directory, const core::Ranks& ranks) {
  CheckResult result;
  auto& problems = result.problems;
  const fs::path network = network_folder_of(directory);
  const core::NetworkPaths paths{network.parent_path()};
  const fs::path components = paths.components();

  io::check_generation(network, problems);
  core::attempt(&problems, [&] {
    io::SonataConfig config = find_circuit(network, problems);
    config.document["components"] = {{"point_neuron_models_dir", paths.cell_models().string()},
                                     {"synaptic_models_dir", paths.synaptic_models().string()}};
    if (!fs::is_directory(components))
      problems.add(
          core::MissingFileError("no such directory {} (cell and synapse models belong there)", components));
    const auto circuit = check_circuit(config, nullptr, problems);
    check_components(paths, problems);
    result.memory = estimate_present(without_variants(config), circuit, ranks);
  });
  return result;
}

}  // namespace striate::engine
