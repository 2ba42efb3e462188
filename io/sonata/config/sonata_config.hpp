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
#include <string_view>
#include <vector>

#include "io/files/output_place.hpp"
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

/// BMTK's and libsonata's ways to say "no table of types".
bool is_no_table(std::string_view types_file);

struct SonataConfig {
  std::filesystem::path file;  ///< as given, absolute
  Json document;  ///< resolved: no manifest, no variables
  std::vector<NodesEntry> nodes;  ///< in file order
  std::vector<EdgesEntry> edges;  ///< in file order, without those with "enabled": false
  std::filesystem::path output_dir;  ///< as configured; "output" when the config is silent
  std::size_t run = 0;  ///< which of the runs that one file describes, see runs_of_config
  Json whole;  ///< with several runs: the document that describes them all
  std::vector<NamedPath> children;  ///< child configs, also theirs
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

/// Throws ConfigError for top-level keys that are nearly those of a section that is absent, such as
/// "outputs": what they ask for would be ignored. Warns about other unknown ones.
void check_top_level(const SonataConfig& config);

/// The runs that one configuration describes, as BMTK has them: run.n_runs, and for whatever differs a list
/// with an item for each ("tstop" or "duration"; "input_file", "file"; "spikes_file", "spikes_file_csv",
/// "log_file"; "file_name"). Others are the same in all. Throws ConfigError for lists of other lengths.
std::vector<SonataConfig> runs_of_config(const SonataConfig& config);

/// A configuration that may still have to be written to `file`, as far as its text tells: nothing is required
/// of its sections, and a child config that is not there yet stays out of the document, but not of
/// `children`. Lists of nodes and edges stay empty. For plans (io/sonata/config_files.hpp).
SonataConfig planned_config(const Json& document, const std::filesystem::path& file);

}  // namespace striate::io
