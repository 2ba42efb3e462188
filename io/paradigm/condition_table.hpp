// SPDX-License-Identifier: BSD-3-Clause
// Which condition was shown when, in runs that show several one after the other: a row for each slot of time
// of each run. As a file it is a CSV with the columns run, slot, start_ms, end_ms, the paradigm's variables
// and blank (0 or 1): what `striate trials` writes and a user can write for a stimulus made elsewhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace striate::io {

/// One presentation, from start_ms on and before end_ms; grey after it belongs to no slot.
struct ShownCondition {
  std::string run;  ///< the trial's name, which its results' folder has: "chunk_07"
  std::uint32_t slot = 0;  ///< from 0 on in each run
  double start_ms = 0, end_ms = 0;
  std::vector<std::string> values = {};  ///< of the table's variables, as text; "" in a blank: not shown
  bool blank = false;  ///< nothing but grey
};

struct ConditionTable {
  std::filesystem::path file;  ///< where it was read from; empty: from nowhere
  std::vector<std::string> variables;  ///< "angle", "temporal_f", in the order of the columns
  std::vector<ShownCondition> rows;  ///< a run's are adjacent, slots and times rising

  bool empty() const { return rows.empty(); }
  /// Place of a variable in `values`. Throws ConfigError naming those there are.
  std::size_t variable(std::string_view name) const;
};

/// Whether the table has a column of that name which is no variable's.
bool is_condition_column(const std::string& name);

/// Throws MissingFileError, FormatError naming file, line and column: a column is missing or occurs twice, a
/// number is none, slots of a run that overlap or go back, a run whose rows are not together, a variable
/// without a value outside blanks.
ConditionTable read_conditions(const std::filesystem::path& file);

/// The text of the file.
std::string conditions_csv(const ConditionTable& table);

}  // namespace striate::io
