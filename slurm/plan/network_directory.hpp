// SPDX-License-Identifier: BSD-3-Clause
// A network directory as the pipeline sees it: is it built, or can it be; which run configurations and which
// paradigms does it have. Configurations of a network that is not built yet are those that `striate build`
// will write.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/paradigm/paradigm.hpp"
#include "io/sonata/config_files.hpp"
#include "io/text/json.hpp"
#include "slurm/plan/table_rules.hpp"

namespace striate::slurm {

/// What `striate build NAME` writes. Names are relative to the network directory.
struct BuildFiles {
  std::vector<std::filesystem::path> network;  ///< nodes, edges and their types
  std::vector<std::filesystem::path> components;  ///< folders of parameter files
  std::map<std::string, io::Json> configs;  ///< by name: "config_plain.json"
};
/// Nullopt where there is no network of that name. Given from above: stages do not know each other.
using ShippedNetworks = std::function<std::optional<BuildFiles>(const std::string& name)>;

/// Last part of its absolute path.
std::string network_name(const std::filesystem::path& base);

class NetworkDirectory {
 public:
  enum class State {
    built,  ///< its files are sources
    absent,  ///< `striate build` can make it
    interrupted,  ///< a build was interrupted; another one may replace what it left
    foreign  ///< not of a shipped name: its files are sources
  };
  /// `own_paradigms` come before those of BASE/configs/paradigms and the shipped ones.
  NetworkDirectory(std::filesystem::path base, const ShippedNetworks& shipped,
                   std::vector<io::Paradigm> own_paradigms, const TableRules& rules);

  const std::filesystem::path& base() const { return base_; }
  std::string name() const { return network_name(base_); }
  State state() const { return state_; }
  const TableRules& rules() const { return rules_; }
  const BuildFiles& build_files() const { return build_; }
  /// Names of configurations in BASE/configs, alphabetical. Those of experiments that are still to be made
  /// are not among them, but their names are among options().
  const std::vector<std::string>& config_names() const { return config_names_; }
  /// Network options: "plain" for config_plain.json.
  const std::vector<std::string>& options() const { return options_; }
  /// Read when first asked for: who runs one paradigm need not mind the others.
  const std::vector<io::Paradigm>& paradigms() const;
  /// Throws MissingFileError, which names the options that there are.
  const io::Json& config(const std::string& file_name) const;
  /// The experiment of this name (slurm/plan/table_rules.hpp), if its configuration is to be made from that
  /// of the option it starts from: it is not there, or is of the same edges and the same current. Null for
  /// others, whose configurations are sources.
  const Condition* made_condition(const std::string& option) const;
  /// Which files that configuration reads and writes.
  const io::ConfigFiles& files(const std::string& file_name) const;
  /// Of a configuration that may still have to be written.
  io::ConfigFiles files_of(const io::Json& document, const std::filesystem::path& file,
                           io::RunKind kind) const;
  /// A path in the form in which the plan names it: BASE/… below BASE (as it was given, ./net as well), so
  /// that it equals what steps make of BASE; else absolute.
  const std::filesystem::path& plan_name(const std::filesystem::path& path) const;

 private:
  void find_state(const ShippedNetworks& shipped);
  void find_configs();
  void find_conditions();
  const Condition* find_made_condition(const std::string& option) const;
  io::Json planned_config(const Condition& condition) const;

  std::filesystem::path base_;
  TableRules rules_;
  State state_ = State::foreign;
  BuildFiles build_;
  std::vector<std::string> config_names_, options_;
  std::vector<const Condition*> absent_conditions_;  ///< whose configurations are not there
  std::vector<io::Paradigm> own_paradigms_;
  mutable std::optional<std::vector<io::Paradigm>> paradigms_;
  mutable std::map<std::string, io::Json> documents_;  ///< read so far
  mutable std::map<std::string, io::ConfigFiles> files_;
  mutable std::map<std::string, const Condition*> made_conditions_;  ///< answers so far: trials ask again
  mutable io::ComponentNames component_names_;
  /// Trials read the same files, hundreds of them each.
  mutable std::unordered_map<std::string, std::filesystem::path> plan_names_;
};

/// As it is: nothing of it will be built.
NetworkDirectory existing_network(const std::filesystem::path& base);

}  // namespace striate::slurm
