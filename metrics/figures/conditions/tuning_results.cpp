// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/conditions/tuning_results.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "io/hdf5/h5.hpp"
#include "metrics/analyses/tuning/tuning.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"

namespace striate::metrics {
namespace {

using core::nan;

/// Values of a variable in all conditions as texts.
std::vector<std::string> texts_of(const io::h5::File& file, const std::string& dataset) {
  if (io::h5::dataset_info(file, dataset).type == io::h5::TypeClass::string)
    return io::h5::read_strings(file, dataset);
  std::vector<std::string> texts;
  for (const double value : io::h5::read<double>(file, dataset)) texts.push_back(fmt::format("{}", value));
  return texts;
}

ShownConditions read_conditions_of(const io::h5::File& file) {
  ShownConditions shown;
  for (const auto blank : io::h5::read<std::int64_t>(file, "/blank"))
    shown.conditions.push_back({.values = {}, .blank = blank != 0});
  for (const auto& name : io::h5::children(file, "/conditions")) {
    const auto texts = texts_of(file, "/conditions/" + name);
    if (texts.size() != shown.conditions.size())
      throw core::FormatError("{} values at {}:/conditions/{} (there are {} conditions)", texts.size(),
                              file.path(), name, shown.conditions.size());
    shown.variables.push_back(name);
    for (std::size_t c = 0; c < texts.size(); ++c) shown.conditions[c].values.push_back(texts[c]);
  }
  return shown;
}

}  // namespace

std::vector<double> TuningResults::marginal(std::size_t row, const VariableValues& variable) const {
  std::vector<double> sums(variable.texts.size(), 0), counts(variable.texts.size(), 0);
  for (std::size_t c = 0; c < shown.conditions.size(); ++c) {
    if (shown.conditions[c].blank || std::isnan(mean(row, c))) continue;
    sums[variable.of_condition[c]] += mean(row, c);
    counts[variable.of_condition[c]] += 1;
  }
  for (std::size_t k = 0; k < sums.size(); ++k) sums[k] = counts[k] > 0 ? sums[k] / counts[k] : nan;
  return sums;
}

std::map<std::string, std::vector<double>> TuningResults::column(const std::string& name) const {
  std::map<std::string, std::vector<double>> values;
  const auto found = std::ranges::find(numbers.columns, name);
  if (found == numbers.columns.end()) return values;
  const auto place = static_cast<std::size_t>(found - numbers.columns.begin());
  for (const auto& [type, rows] : cells)
    for (const auto row : rows)
      if (const double value = number_or_nan(numbers, numbers.rows[row], place); !std::isnan(value))
        values[type].push_back(value);
  return values;
}

std::map<std::string, double> TuningResults::recorded(const std::string& property) const {
  std::map<std::string, double> medians;
  const auto type = by_type.column("cell_type"), name = by_type.column("property"),
             median = by_type.column("recorded_median");
  for (const auto& row : by_type.rows)
    if (const double value = row.cells[name] == property ? number_or_nan(by_type, row, median) : nan;
        !std::isnan(value))
      medians[row.cells[type]] = value;
  return medians;
}

TuningResults read_tuning_results(const FigureRequest& request) {
  const auto& option = request.options.front();
  const auto file_of = [&](std::size_t which) {
    return tuning_file(which, request.tables, request.paradigm, option);
  };
  const auto command = fmt::format("tuning {}", request.paradigm);
  TuningResults results{.shown = {},
                        .variables = {},
                        .types = {},
                        .cells = {},
                        .means = {},
                        .numbers = read_result(request, file_of(1), command, option),
                        .by_type = read_result(request, file_of(0), command, option)};
  const auto arrays = file_of(2);
  core::require_readable(arrays,
                         fmt::format("made by 'striate metrics {} {} {}'", command, request.base, option));
  const auto file = io::h5::File::open(arrays);
  results.shown = read_conditions_of(file);
  results.variables = CellTuning(results.shown).variables();
  results.means = io::h5::read_table<double>(file, "/mean", results.shown.conditions.size());
  const auto ids = io::h5::read<std::uint64_t>(file, "/node_id");
  const auto id = results.numbers.column("node_id"), type = results.numbers.column("cell_type");
  if (ids.size() != results.numbers.rows.size() ||
      results.means.size() != ids.size() * results.shown.conditions.size())
    throw core::FormatError("{} and {} are of different cells (make both again)", arrays,
                            results.numbers.path);
  for (std::size_t row = 0; row < ids.size(); ++row) {
    const auto& cells = results.numbers.rows[row];
    if (results.numbers.number(cells, id) != static_cast<double>(ids[row]))
      throw core::FormatError("{} and {} are of different cells (make both again)", arrays,
                              results.numbers.path);
    results.cells[cells.cells[type]].push_back(row);
  }
  results.types = sorted_types(results.cells);
  return results;
}

}  // namespace striate::metrics
