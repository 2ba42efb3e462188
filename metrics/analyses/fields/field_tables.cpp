// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/field_tables.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/values/nan.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/recorded/recorded_properties.hpp"

namespace striate::metrics {
namespace {

struct ShapeColumn {
  const char* name;
  double FieldShape::*value;
  bool by_type;
};
constexpr ShapeColumn columns_of_shape[] = {{"azimuth", &FieldShape::azimuth, true},
                                            {"elevation", &FieldShape::elevation, true},
                                            {"area", &FieldShape::area, true},
                                            {"fit_azimuth", &FieldShape::fit_azimuth, true},
                                            {"fit_elevation", &FieldShape::fit_elevation, true},
                                            {"width", &FieldShape::width, true},
                                            {"height", &FieldShape::height, true},
                                            {"on_screen", &FieldShape::on_screen, false}};

}  // namespace

std::vector<FieldColumn> shape_columns(const std::string& prefix, const std::vector<FieldShape>& shapes) {
  std::vector<FieldColumn> columns;
  for (const auto& each : columns_of_shape) {
    auto& column = columns.emplace_back(
        FieldColumn{.name = prefix + each.name, .values = {}, .by_type = each.by_type, .recorded = nullptr});
    for (const auto& shape : shapes) column.values.push_back(shape.*each.value);
  }
  return columns;
}

Table field_cell_table(const Cells& cells, const std::vector<std::uint64_t>& spikes,
                       const std::vector<FieldColumn>& columns) {
  std::vector<std::string> types;
  for (std::size_t row = 0; row < cells.size(); ++row) types.push_back(cells.type_of(row));
  Table table{{{"node_id", std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
               {"cell_type", std::move(types)},
               {"spikes", std::vector<std::int64_t>(spikes.begin(), spikes.end())}}};
  for (const auto& column : columns) table.columns.push_back({column.name, column.values});
  return table;
}

Table field_type_table(const Cells& cells, const std::vector<double>& p,
                       const std::vector<FieldColumn>& columns) {
  const auto recorded = read_recorded_properties(shipped_properties());
  std::vector<std::string> names;
  std::vector<std::int64_t> all, tested;
  std::vector<double> fractions;
  std::vector<std::vector<double>> medians(columns.size()), beside(columns.size());
  for (const auto& type : sorted_types(cells.type_names)) {
    std::vector<std::size_t> rows;
    std::vector<double> significant;
    for (std::size_t row = 0; row < cells.size(); ++row)
      if (cells.type_of(row) == type) {
        rows.push_back(row);
        if (!std::isnan(p[row])) significant.push_back(p[row] < significant_field ? 1 : 0);
      }
    if (rows.empty()) continue;
    names.push_back(type);
    all.push_back(static_cast<std::int64_t>(rows.size()));
    tested.push_back(static_cast<std::int64_t>(significant.size()));
    fractions.push_back(mean(significant));
    for (std::size_t k = 0; k < columns.size(); ++k) {
      std::vector<double> values;
      for (const auto row : rows) values.push_back(columns[k].values[row]);
      medians[k].push_back(median(without_nan(values)));
      const auto* property =
          columns[k].recorded == nullptr ? nullptr : find_recorded(recorded, type, columns[k].recorded);
      beside[k].push_back(property == nullptr ? core::nan : property->median);
    }
  }
  Table table{{{"cell_type", std::move(names)},
               {"cells", std::move(all)},
               {"with_field", std::move(tested)},
               {fmt::format("fraction_p<{}", significant_field), std::move(fractions)}}};
  for (std::size_t k = 0; k < columns.size(); ++k) {
    if (!columns[k].by_type) continue;
    table.columns.push_back({"median_" + columns[k].name, medians[k]});
    if (columns[k].recorded != nullptr) table.columns.push_back({"recorded_" + columns[k].name, beside[k]});
  }
  return table;
}

}  // namespace striate::metrics
