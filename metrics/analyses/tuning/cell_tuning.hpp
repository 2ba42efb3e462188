// SPDX-License-Identifier: BSD-3-Clause
// From a cell's mean responses to all conditions to numbers: what it prefers of each variable, and for
// variables whose meaning is known by their names selectivity, bandwidth, size tuning, half contrast. Which
// numbers there are depends on the conditions only; a name each.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/analyses/conditions/shown_conditions.hpp"
#include "metrics/options/trial_design.hpp"

namespace striate::metrics {

/// What a variable's name says of it.
enum class VariableKind {
  other,
  direction,  ///< degrees, 360 are a turn: angle, theta, direction
  orientation,  ///< degrees, 180 are the same again
  band,  ///< acts by its logarithm: cpd, sf, spatial_frequency, temporal_f, tf, temporal_frequency, speed
  size,  ///< diameter
  contrast
};
VariableKind variable_kind(std::string_view name);

/// The values that conditions other than blanks have, numbers ascending, then texts.
struct VariableValues {
  std::string name;
  VariableKind kind = VariableKind::other;
  std::vector<std::string> texts;
  std::vector<double> numbers;  ///< of the first of these texts
  std::vector<std::size_t> of_condition;  ///< [condition] place; that of blanks means nothing
};

class CellTuning {
 public:
  explicit CellTuning(const ShownConditions& shown);

  const std::vector<VariableValues>& variables() const { return variables_; }
  /// mean_rate, max_rate, blank_rate, fano, lifetime_sparseness, then of variables with at least two numbers
  /// pref_V, pref_V_multi (1: several values share the largest mean), and with enough values
  /// OSI, DSI (OSI_V, DSI_V where several variables are angles), V_fit, V_low, V_high, size_pref,
  /// suppression_index, c50.
  const std::vector<std::string>& columns() const { return columns_; }
  /// Angles of which untuned cells would seem tuned: OSI or DSI are NaN.
  const std::vector<std::string>& untold() const { return untold_; }

  /// Of one cell: a value for each column. means: [condition] Hz, NaN for conditions without a trial; fano:
  /// of its counts at the preferred condition.
  std::vector<double> values(std::span<const double> means, double fano) const;
  /// The condition of the largest mean, the first among equals; none: a silent cell.
  std::optional<std::size_t> preferred(std::span<const double> means) const;

 private:
  std::vector<double> section(std::span<const double> means, std::size_t variable,
                              std::span<const std::size_t> preferred) const;
  void add_columns(std::size_t variable, bool only_angle);

  struct Step {  ///< what to compute for a variable
    std::size_t variable = 0;
    bool osi = false, dsi = false, band = false, size = false, half = false;
    Directions directions = {};
  };
  std::vector<VariableValues> variables_;
  std::vector<std::size_t> shown_;  ///< conditions that are no blanks
  std::vector<std::size_t> blanks_;
  std::vector<Step> steps_;
  std::vector<std::string> columns_, untold_;
};

}  // namespace striate::metrics
