// SPDX-License-Identifier: BSD-3-Clause
// A paradigm: which stimuli are shown how often, and where configurations, inputs and results of each trial
// lie below a network directory. Read from YAML (configs/paradigms/*.yaml, or a user's file); names and order
// of the shipped ones are the reference's, so that each file can be taken from there or given to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/window.hpp"
#include "io/paradigm/condition_table.hpp"
#include "io/text/json.hpp"

namespace striate::io {

/// One run. Paths are relative to the network directory.
struct ParadigmTrial {
  std::size_t index = 0;  ///< place in the whole paradigm: number of its config and array element
  std::string name;  ///< "angle45_trial3", "chunk_07"
  std::vector<std::pair<std::string, std::string>> variables;  ///< ("angle", "45"), ("trial", "3")
  Json stimulus;  ///< keys of the FilterNet input that differ from the template; null: template as it is
  std::filesystem::path lgn_directory;  ///< "filternet_8dir_10trials/angle45_trial3"
  std::filesystem::path lgn_config;  ///< "configs/filternet_8dir_10trials/config_filternet_13.json"
  std::filesystem::path background_file;  ///< "bkg_8dir_10trials/angle45_trial3/bkg_spikes_250Hz_3s.h5"
  std::filesystem::path one_unit_background_file;  ///< see for_background_units(); may be empty
  std::uint64_t background_seed = 0;

  std::filesystem::path lgn_spikes() const { return lgn_directory / "spikes.h5"; }
  /// The pictures that its stimulus shows, if it shows a file's: "$BASE_DIR/images/natural_images.h5".
  std::optional<std::filesystem::path> picture_file(const std::filesystem::path& base) const;
};

/// What `striate metrics` makes when all runs are there. Which files follows from its rule.
struct ParadigmMetric {
  std::string kind;  ///< "odsi"
  std::string usual_paradigm = {};  ///< of the kind: what --paradigm need not say
  bool takes_paradigm = false;  ///< the kind's first argument is the paradigm
  std::vector<std::string> files =
      {};  ///< below the network directory, with {option}: "metrics/…_{option}.csv"
  std::vector<std::string> needs = {};  ///< files that must be there first, like `files`; not the runs
  std::vector<std::string> more_files = {};  ///< that the kind also makes when told `more_arguments`
  std::vector<std::string> more_arguments = {};  ///< "--format", "npy"
  std::vector<std::string> arguments = {};  ///< further ones with {base} and {option}: see metric_arguments()
};

/// How `striate metrics tuning` counts spikes, and which conditions are blanks.
struct ParadigmAnalysis {
  std::string window = {};  ///< the name of one; empty: by the times below
  std::optional<double> from_ms = {}, to_ms = {};
  double latency_ms = 0;  ///< after the ends of slots in which conditions follow one another
  std::vector<std::pair<std::string, std::string>> blank = {};  ///< values that all blanks have
};

struct Paradigm {
  std::string name, description;
  std::filesystem::path file;
  double duration_ms = 0;
  std::string lgn_template;  ///< "config_filternet.json" in BASE/configs
  double background_rate_hz = 0;
  double one_unit_rate_hz = 0;  ///< see for_background_units(); 0: nothing special
  bool replaces_input = false;  ///< trials' stimuli replace the template's input, else they change it
  std::vector<std::string> trial_keys;  ///< of the stimulus, which tell trials apart: not to be overridden
  /// What was shown when: the "order" of every trial's stimulus, also of those left out by filtered(). Empty
  /// in paradigms without images.
  std::vector<std::vector<std::int64_t>> orders;
  /// The same for all that shows several conditions in a trial, images or gratings: also those of trials left
  /// out by filtered(). Empty where a trial is a condition.
  ConditionTable conditions;
  std::vector<ParadigmTrial> trials;  ///< in order
  std::vector<ParadigmMetric> metrics;
  std::vector<ParadigmMetric> more_metrics;  ///< made when one of their files is asked for by name
  std::vector<std::pair<std::string, core::Window>> windows;  ///< in which spikes are counted: "evoked", …
  std::vector<std::string> repeats = {"trial", "chunk"};  ///< variables that make no condition
  ParadigmAnalysis analysis;
  std::string tables;  ///< folder of its tables below BASE; empty: see tables_folder()

  std::string trial_pattern;  ///< of names, for people: "angle*_trial*"
  std::string runs_pattern;  ///< "8dir_10trials_{option}", below BASE
  std::string lgn_folder, background_folder;  ///< "filternet_8dir_10trials", "bkg_8dir_10trials"

  /// "8dir_10trials_plain/angle45_trial3"
  std::filesystem::path run_directory(const ParadigmTrial& trial, const std::string& option) const;
  /// "configs/8dir_10trials_plain/config_13.json"
  std::filesystem::path run_config(const ParadigmTrial& trial, const std::string& option) const;
  /// Where `orders` are kept for `striate metrics --labels`: "configs/filternet_bo/stim_ids.h5"
  std::filesystem::path labels_file() const;
  /// Where `conditions` are kept: "configs/filternet_bo/conditions.csv"
  std::filesystem::path conditions_file() const;
  /// Those of the two that there are.
  std::vector<std::filesystem::path> shown_files() const;
  /// "metrics" for the paradigm whose name a kind of tables expects, else "metrics/NAME": tables of two
  /// paradigms never replace each other unless the YAML says so (`tables`). A kind that expects none ("") has
  /// the paradigm's name in those of its files.
  std::string tables_folder(const std::string& usual_paradigm) const;
  /// Null where there is none of that name.
  const core::Window* window(const std::string& window_name) const;
  /// Name of a paradigm's runs of an option, as in BASE/configs and BASE/jobs: "8dir_10trials_plain"
  std::string runs_name(const std::string& option) const;
};

/// Restricts a paradigm: ("angle", {"0", "90"}) keeps the trials whose variable has one of these values.
/// Indices stay those of the whole paradigm.
struct TrialFilter {
  std::string variable;
  std::vector<std::string> values;
};

/// Every {option} of a pattern filled in.
std::string with_option(std::string pattern, const std::string& option);

/// Names of the shipped paradigms, alphabetical.
std::vector<std::string> shipped_paradigms();
/// Throws UsageError for a variable or a value that the paradigm does not have (naming those it has).
Paradigm filtered(Paradigm paradigm, const std::vector<TrialFilter>& filters);
/// "angle=0,90" as a filter. Throws UsageError.
TrialFilter parse_trial_filter(const std::string& text);
/// The paradigm after all options --only of a command line. Throws UsageError.
Paradigm with_only(Paradigm paradigm, const std::vector<std::string>& only);

/// The paradigm with the trials of these names only. Throws UsageError for a name that it does not have.
Paradigm with_trials(Paradigm paradigm, const std::vector<std::string>& names);

/// Sets one key of all trials' stimuli, as of --stimulus: "temporal_f=1.0", "data_file=my_images.npy" (a path
/// from the working directory). Throws UsageError for a key that tells trials apart.
void set_stimulus(Paradigm& paradigm, const std::string& key_and_value);

/// The paradigm for a network with so many background units. The reference's networks with a single unit have
/// background files of another name and rate; every other number changes nothing.
Paradigm for_background_units(Paradigm paradigm, std::uint64_t units);
/// Units in BASE/network/bkg_nodes.h5. Throws MissingFileError, FormatError.
std::uint64_t background_units(const std::filesystem::path& base);
/// The paradigm for the network in BASE; as it is where there are no background nodes (yet).
Paradigm for_network(Paradigm paradigm, const std::filesystem::path& base);

/// What --paradigm takes: a shipped name, or the file of any other.
std::string paradigm_argument(const Paradigm& paradigm);

/// A metric's further arguments for a network directory and an option.
std::vector<std::string> metric_arguments(const ParadigmMetric& metric, const std::filesystem::path& base,
                                          const std::string& option);

}  // namespace striate::io
