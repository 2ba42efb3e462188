// SPDX-License-Identifier: BSD-3-Clause
// A SONATA configuration as BMTK's run_pointnet.py and run_filternet.py accept it: manifest variables
// expanded, "network"/"simulation" child configs merged, output paths completed. Sections that belong to a
// stage (run, inputs, reports, …) stay JSON here; the stage parses its own.
#pragma once

#include <ctime>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/text/json.hpp"

namespace striate::io {

struct NodesEntry {
  std::filesystem::path nodes_file;
  std::optional<std::filesystem::path> node_types_file;
  bool operator==(const NodesEntry&) const = default;
};

struct EdgesEntry {
  std::filesystem::path edges_file;
  std::optional<std::filesystem::path> edge_types_file;
};

struct SonataConfig {
  std::filesystem::path file;  ///< as given, absolute
  Json document;  ///< resolved: no manifest, no variables
  std::vector<NodesEntry> nodes;  ///< in file order
  std::vector<EdgesEntry> edges;  ///< in file order, without those with "enabled": false
  std::filesystem::path output_dir;  ///< as configured; "output" when the config is silent
  std::map<std::string, std::filesystem::path> section_files;  ///< sections that came from a child config

  /// Directory of dynamics_params files of a model type or of synapses, e.g. "point_neuron_models_dir",
  /// "synaptic_models_dir". ConfigError when the components section lacks it.
  std::filesystem::path component_dir(const std::string& key) const;
  JsonSection section(const std::string& key) const;  ///< ConfigError when absent
  std::optional<JsonSection> optional_section(const std::string& key) const;
};

struct ConfigOverrides {
  std::optional<std::filesystem::path> output_dir;  ///< -o: also sets log_file, spikes_file, spikes_file_csv
  std::optional<std::filesystem::path> modfile;  ///< -m: stored as "modfile", absolute
  /// The network is made in memory: the config needs no section "networks". Entries of one that it has only
  /// say which parts are wanted.
  bool network_in_memory = false;
  std::optional<std::time_t> now;  ///< for ${date}, ${time}; ranks must agree on it. Default: the clock
};

/// Rules of variables and defaults: BMTK 1.1 (see docs/simulate.md). Throws ConfigError naming file and key.
SonataConfig load_sonata_config(const std::filesystem::path& file, const ConfigOverrides& overrides = {});

}  // namespace striate::io
