// SPDX-License-Identifier: BSD-3-Clause
// What `striate metrics tuning` wrote, as figures need it: responses of cells to conditions, the numbers of
// cells, and their types.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/text/delimited_table.hpp"
#include "metrics/analyses/tuning/cell_tuning.hpp"
#include "metrics/figures/request/figure_request.hpp"

namespace striate::metrics {

struct TuningResults {
  ShownConditions shown;  ///< variables and conditions
  std::vector<VariableValues> variables;
  std::vector<std::string> types;  ///< in the order of the figures
  std::map<std::string, std::vector<std::size_t>> cells;  ///< [type] rows
  std::vector<double> means;  ///< [row * conditions + condition]
  io::DelimitedTable numbers;  ///< tuning_cells_PARADIGM_OPT.csv, a row for each
  io::DelimitedTable by_type;  ///< tuning_by_type_PARADIGM_OPT.csv

  double mean(std::size_t row, std::size_t condition) const {
    return means[row * shown.conditions.size() + condition];
  }
  /// A row's mean response to each value of a variable, over the conditions with it that are no blanks.
  std::vector<double> marginal(std::size_t row, const VariableValues& variable) const;
  /// A column of `numbers` by type, without NaN; nothing where there is no such column.
  std::map<std::string, std::vector<double>> column(const std::string& name) const;
  /// Recorded medians of a property by type, where there are any.
  std::map<std::string, double> recorded(const std::string& property) const;
};

TuningResults read_tuning_results(const FigureRequest& request);

}  // namespace striate::metrics
