// SPDX-License-Identifier: BSD-3-Clause
// Which files a run configuration reads and writes: the one place that knows. Only names count here; whoever
// reads a file checks what it holds. A configuration that is still to be written, with a network that is
// still to be built, will do (planned_config).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/output_place.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/text/json.hpp"

namespace striate::io {

enum class RunKind { simulation, lgn };

/// What "target_simulator" says; nullopt where it is silent or names another simulator.
std::optional<RunKind> declared_kind(const Json& document);
/// That, else what only one of the two has in its sections, else what the file is called.
RunKind kind_of_config(const Json& document, const std::filesystem::path& file);

/// Key of the copy of the configuration beside the results.
inline constexpr const char* config_copy = "config_copy";

struct ConfigFiles {
  std::vector<NamedPath> inputs;  ///< the configuration itself comes first
  std::vector<NamedPath> results;  ///< spikes, rates, reports
  std::vector<NamedPath> records;  ///< written as well: the log, the copy of the configuration

  /// By its key: "spikes_file", "spikes_file_csv", "reports/NAME", "log_file", config_copy; of FilterNet
  /// "spikes_h5", "spikes_csv", "rates_h5", "rates_csv", however the configuration spells them.
  std::optional<std::filesystem::path> output(std::string_view key) const;
};

/// The parameter files (of a key of "components") that each nodes, edges or types file names, so that many
/// configurations of one network read it once. None where that cannot be told (yet).
using ComponentNames =
    std::map<std::pair<std::string, std::filesystem::path>, std::optional<std::set<std::string>>>;

/// Values of a wrong type name no file. Components are the files that the tables of types name; their folder
/// where there is no table yet.
ConfigFiles files_of_config(const SonataConfig& config, RunKind kind, ComponentNames* known = nullptr);

/// `file` below `directory` unless it is absolute or begins with the directory already (BMTK's rule).
std::filesystem::path below(const std::filesystem::path& directory, const std::filesystem::path& file);

/// "data_file" of a stimulus: as given from the working directory, as BMTK reads it; else beside the
/// configuration.
std::filesystem::path stimulus_file(const JsonSection& input);

/// Throws MissingFileError unless the file can be read. Says from where it was looked for, and when it lies
/// beside the configuration instead.
void require_input(const NamedPath& file, const std::filesystem::path& config);
/// All but parameter files, which are left to those who know whether a cell needs them.
void require_inputs(const SonataConfig& config, const ConfigFiles& files);

/// Of configurations that run together (io/files/output_place.hpp).
void check_outputs(const std::vector<ConfigFiles>& configs);

}  // namespace striate::io
