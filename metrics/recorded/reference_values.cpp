// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/recorded/reference_values.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"

namespace striate::metrics {

ReferenceValues read_unit_table(const std::filesystem::path& file, double min_rate_hz) {
  const auto table = io::read_delimited_table(file, ' ', "values to compare with");
  const auto type_column = table.column("cell_type"), rate_column = table.column("max_mean_rate(Hz)");
  ReferenceValues reference{.source = file.string(), .values = {}};
  for (const auto& row : table.rows) {
    const auto& label = row.cells[type_column];
    if (label.empty() || label == "NaN" || label == "nan") continue;
    auto& of_type = reference.values[clean_label(label)];
    const double rate = number_or_nan(table, row, rate_column);
    for (const auto& metric : compared_metrics) {
      const double value = number_or_nan(table, row, table.column(metric.column));
      if (std::isnan(value) || (metric.needs_response && !(rate >= min_rate_hz))) continue;
      of_type[metric.name].push_back(value);
    }
  }
  for (auto& [type, metrics] : reference.values)
    for (auto& [metric, values] : metrics) std::ranges::sort(values);
  return reference;
}

ReferenceValues read_compact_table(const std::filesystem::path& file) {
  const auto table = io::read_delimited_table(file, ',', "values to compare with");
  const auto type = table.column("cell_type"), metric = table.column("metric"), count = table.column("count"),
             values_column = table.column("values");
  ReferenceValues reference{.source = file.string(), .values = {}};
  for (const auto& row : table.rows) {
    auto& values = reference.values[row.cells[type]][row.cells[metric]];
    std::istringstream words(row.cells[values_column]);
    for (std::string word; words >> word;) {
      const auto value = core::parse_number<double>(word);
      if (!value || !std::isfinite(*value) || (!values.empty() && *value < values.back()))
        throw core::FormatError("bad value '{}' in {}:{} (must be a number, in ascending order)", word, file,
                                row.line);
      values.push_back(*value);
    }
    if (static_cast<double>(values.size()) != table.number(row, count))
      throw core::FormatError("{} values in {}:{} (count says {})", values.size(), file, row.line,
                              row.cells[count]);
  }
  return reference;
}

std::string to_compact_table(const ReferenceValues& reference, const std::string& comment) {
  std::string text;
  std::istringstream lines(comment);
  for (std::string line; std::getline(lines, line);) text += "# " + line + "\n";
  text += "cell_type,metric,count,values\n";
  for (const auto& [type, metrics] : reference.values)
    for (const auto& [metric, values] : metrics) {
      text += fmt::format("{},{},{},", type, metric, values.size());
      for (std::size_t i = 0; i < values.size(); ++i)
        text += fmt::format("{}{:.6g}", i == 0 ? "" : " ", values[i]);
      text += '\n';
    }
  return text;
}

}  // namespace striate::metrics
