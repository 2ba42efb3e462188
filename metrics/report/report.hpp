// SPDX-License-Identifier: BSD-3-Clause
// What is known about one option of one network: which runs there are, rates and tuning of each cell type
// beside the recordings', what looks wrong, and where the tables come from. report_page() makes a page of
// HTML of it that needs nothing else.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metrics/figures/kinds/figures.hpp"

namespace striate::metrics {

struct Comparison {
  double model = 0, recorded = 0;  ///< medians; NaN: none
  double low = 0, high = 0;  ///< between which 90 % of the recorded values lie
  double similarity = 0;
  std::size_t model_count = 0, recorded_count = 0;
};

struct TypeReport {
  std::string type;
  std::size_t cells = 0;  ///< in the core; for L5_Exc those of its three types
  std::size_t silenced = 0;  ///< of these: a negative current went into them
  std::optional<double> run_rate, run_silent;  ///< of output_OPT: mean rate (Hz) and fraction without spikes
                                               ///< of those that were not silenced
  std::optional<double> evoked_rate, evoked_silent;  ///< of the gratings
  std::vector<Comparison> metrics;  ///< as compared_metrics; empty without tuning
};

struct RunsReport {
  std::string what;
  std::filesystem::path where;
  std::size_t found = 0, expected = 0;
};

struct StartAndEnd {
  double start = 0, end = 0;
};
/// The course of training of the option's weights.
struct TrainingReport {
  std::size_t steps = 0;
  std::string written;  ///< which step's weights were the best; empty: not judged yet
  struct Term {
    std::string name;
    StartAndEnd evoked, gray;
  };
  std::vector<Term> terms;  ///< of the loss, without those that are always zero
  struct Type {
    std::string type;
    StartAndEnd rate_hz;
    double recorded_hz = 0;
    StartAndEnd gray_hz, similarity, silent;
  };
  std::vector<Type> types;
  std::vector<std::pair<std::string, std::string>> settings;
};

struct ReportFacts {
  std::string network, option;
  std::size_t cells = 0, core_cells = 0;
  double core_radius_um = 0;
  std::optional<double> network_radius_um = {}, network_core_um = {};  ///< with which it was built
  std::string reference;
  std::vector<RunsReport> runs;
  std::vector<std::pair<std::string, std::string>> simulation;  ///< name and value, from the run's config
  std::vector<TypeReport> types;
  std::vector<std::string> warnings;
  struct Source {
    std::string file, program, command, inputs, options;
  };
  std::vector<Source> sources;
  std::optional<TrainingReport> training = {};
};

/// Throws MissingFileError when there are neither spikes of output_OPT nor tuning of gratings.
ReportFacts report_facts(const FigureRequest& request);

/// What is wrong with the types: silent ones, rates no recorded unit has.
std::vector<std::string> type_warnings(const std::vector<TypeReport>& types);

std::filesystem::path training_log(const std::filesystem::path& base, const std::string& option);
/// Nullopt where there is no log, or an empty one.
std::optional<TrainingReport> training_report(const FigureRequest& request);
/// As HTML.
std::string training_section(const TrainingReport& report);

struct ReportPicture {
  std::string name, caption;
  std::string png;  ///< contents; empty: not made
  std::string note;  ///< why not; empty: there is no table of it
};
/// What the LGN was shown in runs of one kind.
struct ReportStimulus {
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters;
  ReportPicture picture;
};
std::string report_page(const ReportFacts& facts, const std::vector<ReportStimulus>& stimuli,
                        const std::vector<ReportPicture>& pictures);

}  // namespace striate::metrics
