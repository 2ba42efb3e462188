// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/option_maps.hpp"

#include <algorithm>
#include <cmath>

namespace striate::metrics {
namespace {

constexpr double highest_shown = 10;  // of -log10 p

std::vector<double> minus_log10(std::vector<double> p) {
  for (double& value : p)
    if (!std::isnan(value)) value = std::min(highest_shown, -std::log10(std::max(value, 1e-300)));
  return p;
}

std::string note_of(const PairTable& table, const MappedColumn& column) {
  const auto text = class_text(table.classes, column.column, column.certainty ? 1 : 2);
  return text.empty() || !column.certainty ? text : "p of " + text;
}

}  // namespace

PairTable::PairTable(std::string of_option, io::DelimitedTable table)
    : option(std::move(of_option)), types(std::move(table)), classes(take_class_rows(types)) {}

std::vector<std::string> types_of(const std::vector<PairTable>& tables) {
  auto all = tables.front().types;
  for (std::size_t k = 1; k < tables.size(); ++k) {
    // Columns may stand in another order.
    for (const auto& row : tables[k].types.rows) {
      auto cells = std::vector<std::string>(all.columns.size());
      for (const char* end : {"source_type", "target_type"})
        cells[all.column(end)] = row.cells[tables[k].types.column(end)];
      all.rows.push_back({row.line, std::move(cells)});
    }
  }
  return paired_types(all);
}

std::string shown_options(const std::vector<std::string>& options) {
  std::string text = options.front();
  for (std::size_t k = 1; k < options.size(); ++k) text += (k == 1 ? " beside " : ", ") + options[k];
  return text;
}

std::vector<PairMap> option_maps(const std::vector<PairTable>& tables, const std::vector<std::string>& types,
                                 const std::vector<MappedColumn>& columns) {
  std::vector<PairMap> maps;
  for (const auto& column : columns) {
    std::vector<double> all;
    for (const auto& table : tables)
      for (const auto& name : column.scale_of.empty() ? std::vector{column.column} : column.scale_of)
        std::ranges::copy(pair_matrix(table.types, types, name), std::back_inserter(all));
    const double scale = usual_magnitude(all);
    for (const auto& table : tables) {
      auto values = pair_matrix(table.types, types, column.column);
      maps.push_back({.title = tables.size() == 1 ? column.title : column.title + ", " + table.option,
                      .colour_label = column.colour_label,
                      .values = column.certainty ? minus_log10(std::move(values)) : std::move(values),
                      .low = column.certainty ? 0 : -scale,
                      .high = column.certainty ? highest_shown : scale,
                      .colours = column.certainty ? Palette::sequential : Palette::diverging,
                      .note = note_of(table, column)});
    }
  }
  return maps;
}

}  // namespace striate::metrics
