// SPDX-License-Identifier: BSD-3-Clause
// What the runs of any paradigm showed and when: conditions, which are the combinations of its variables, and
// their presentations. Everything comes from the paradigm's YAML and the configurations of its trials.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/window.hpp"
#include "io/paradigm/paradigm.hpp"

namespace striate::metrics {

struct Condition {
  std::vector<std::string> values;  ///< [variable] as in the YAML; "" where a block lacks the variable
  bool blank = false;
  /// Cycles per second of a drifting grating that all presentations show; none: something else, or they
  /// differ.
  std::optional<double> frequency_hz = {};
  bool same_phase = true;  ///< of that grating, at the start of all presentations
};

struct Presentation {
  std::size_t run = 0, condition = 0;
  core::Window window;  ///< in which spikes are its responses
};

struct ShownConditions {
  std::vector<std::string> variables;  ///< those that make conditions
  std::vector<Condition> conditions;  ///< by their values, numbers ascending; the first variable slowest
  std::vector<std::filesystem::path> runs;  ///< directories of results
  std::vector<Presentation> presentations;  ///< run after run, times rising

  /// "angle=45, contrast=0.8"; "all trials" where there are no variables.
  std::string text(std::size_t condition) const;
};

/// Order of a variable's values: numbers by their size before texts.
bool value_before(const std::string& a, const std::string& b);

/// Times that replace the paradigm's.
struct AnalysisTimes {
  std::optional<double> from_ms, to_ms;
};

/// Why a paradigm has no conditions that can be told from its YAML, or "".
std::string conditions_refusal(const io::Paradigm& paradigm);

/// The LGN input of each trial: of its own configuration where that is there, else as the paradigm changes
/// the template's.
std::vector<io::Json> shown_inputs(const io::Paradigm& paradigm, const std::filesystem::path& base);

/// What was shown when, of trials that show several conditions: by the file beside the trials'
/// configurations where it is there, else by the paradigm.
io::ConditionTable condition_table(const io::Paradigm& paradigm, const std::filesystem::path& base);
/// Throws ConfigError for a table that is not what the paradigm shows.
void require_agreement(const io::ConditionTable& table, const io::Paradigm& paradigm);

/// Trials that show several conditions are taken apart by their table of conditions. Throws UsageError for
/// times that leave nothing, ConfigError for a blank that nothing is and for a table that is not the
/// paradigm's.
ShownConditions shown_conditions(const io::Paradigm& paradigm, const std::filesystem::path& base,
                                 const std::string& option, const AnalysisTimes& times = {});

/// Conditions of presentations whose values are known, sorted; fills `condition` of presentations, which are
/// as many as `values`. [presentation][variable].
void sort_conditions(ShownConditions& shown, std::vector<std::vector<std::string>> values);

/// What is missing of all combinations of the values that the conditions other than blanks have: "angle=0,
/// contrast=0.1", or "".
std::string first_gap(const ShownConditions& shown);

}  // namespace striate::metrics
