// SPDX-License-Identifier: BSD-3-Clause
// What tables and pictures can be made, as data from above: the kinds' names, arguments and files
// (workflows/tables.hpp). Nothing in this folder knows a table by name.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "io/paradigm/metric_rules.hpp"
#include "io/text/json.hpp"
#include "slurm/plan/plan.hpp"

namespace striate::slurm {

struct TrainingRule;

/// A command beside `metrics` and `plot` that makes files below BASE: `striate adjust BASE`.
struct Maker {
  std::vector<std::string> command;  ///< {"tune", "background"}
  const core::Kind* kind = nullptr;  ///< which files it reads and writes
  std::vector<std::string> arguments = {};  ///< after BASE
  /// One of the files it writes that may also come from elsewhere, and arguments with which the others are
  /// made without it. Where it lies alone it is a source.
  const char* may_be_given = nullptr;
  std::vector<std::string> without_it = {};
  const char* told = "";  ///< the file below BASE that the command is told in place of BASE
  Stage stage = Stage::interventions;
  bool parallel = true;  ///< ranks may share its work
};

/// A picture under another name, such as that which the reference gives it.
struct OtherName {
  const char* file;  ///< below BASE: "figures/OSI_DSI_{option}.png"; its suffix says nothing
  const char* figure;
  std::vector<std::string> arguments = {};  ///< after BASE OPT
};

/// A picture over several networks, beside these: of the table that a kind of `metrics` makes over them.
struct Aggregate {
  const char* file;  ///< "aggregate_spectra/{option}.png", in the folder in which the networks are
  const char *metric, *figure;  ///< kinds; the figure takes --tables
  std::vector<std::string> networks;  ///< their names
  /// What tables over so many networks are called by in place of the option.
  std::string (*pooled_name)(const std::string& option, std::size_t networks) = nullptr;
};

/// A network option whose configuration is made from another one's and a cohort: an experiment in which the
/// cohort is silenced.
struct Condition {
  std::string name, option;  ///< "pv_neg1000", made from "bio_trained"
  std::filesystem::path cohort;  ///< below BASE: "node_sets/pv_nodes.json"
};

struct ConditionRules {
  std::vector<Condition> conditions;
  std::vector<std::string> command;  ///< that makes the configuration, before BASE NAME
  std::vector<std::string> arguments;  ///< after them
  /// The configuration but for the cells, from that of the option (which is in `file`).
  std::function<io::Json(const Condition& condition, const io::Json& option_config,
                         const std::filesystem::path& file)>
      planned_config;
  /// Tables that compare the condition with the option: what they read of both, and the arguments after
  /// BASE NAME.
  std::string comparison;
  core::Patterns comparison_reads, comparison_writes;
  std::function<std::vector<std::string>(const Condition& condition)> comparison_arguments;
};

struct TableRules {
  const std::vector<io::MetricRule>* paradigm_metrics = nullptr;  ///< which a paradigm's YAML may ask for
  std::span<const core::Kind> metrics, figures;  ///< of `striate metrics` and `striate plot`
  const core::Kind* report = nullptr;  ///< `striate report`; null: none
  std::span<const Maker> makers = {};
  std::span<const OtherName> other_names = {};
  std::span<const Aggregate> aggregates = {};
  const ConditionRules* conditions = nullptr;  ///< null: none
  std::vector<std::string> network_names = {};  ///< that can be built, for patterns
  const TrainingRule* training = nullptr;  ///< slurm/plan/training_step.hpp; null: trained edges are sources
};

}  // namespace striate::slurm
