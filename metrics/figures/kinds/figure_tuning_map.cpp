// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.hpp"
#include "io/paradigm/fixed_protocols.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"

namespace striate::metrics {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t directions = io::grating_directions, most_rows = 90, columns = 5;

/// [cell * directions + direction], Hz; NaN where the file has no row.
std::vector<double> read_rates(const FigureRequest& request, const Cells& cells) {
  const auto table = io::read_delimited_table(
      request.table("Rates_DF"), ' ',
      fmt::format("made by 'striate metrics odsi {} {}'", request.base.string(), request.options.front()));
  const auto angle_column = table.column("DG_angle"), id_column = table.column("node_id"),
             rate_column = table.column("Ave_Rate(Hz)");
  std::vector<double> rates(cells.size() * directions, nan);
  for (const auto& row : table.rows) {
    const double angle = table.number(row, angle_column), id = table.number(row, id_column);
    const double direction = angle * static_cast<double>(directions) / 360;
    if (!(direction >= 0) || direction >= static_cast<double>(directions) ||
        direction != std::floor(direction))
      throw core::FormatError("invalid DG_angle={} in {}:{} (must be one of eight directions)", angle,
                              table.path, row.line);
    if (!(id >= 0) || id > 9e15 || id != std::floor(id))
      throw core::FormatError("invalid node_id={} in {}:{} (must be a node id)", id, table.path, row.line);
    if (const auto cell = cells.row_of(static_cast<std::uint64_t>(id)))
      rates[*cell * directions + static_cast<std::size_t>(direction)] =
          number_or_nan(table, row, rate_column);
  }
  return rates;
}

}  // namespace

std::vector<double> tuning_rows(const std::vector<double>& rates, std::size_t& row_count) {
  const std::size_t cells = rates.size() / directions;
  row_count = std::min(cells, most_rows);
  std::vector<double> sums(row_count * directions, 0), counts(row_count * directions, 0);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const auto own = rates.begin() + static_cast<std::ptrdiff_t>(cell * directions);
    double highest = 0;
    for (std::size_t k = 0; k < directions; ++k)
      if (own[static_cast<std::ptrdiff_t>(k)] > highest) highest = own[static_cast<std::ptrdiff_t>(k)];
    if (highest == 0) continue;
    const std::size_t row = cell * row_count / cells;
    for (std::size_t k = 0; k < directions; ++k) {
      const double rate = own[static_cast<std::ptrdiff_t>(k)];
      if (std::isnan(rate)) continue;
      sums[row * directions + k] += rate / highest;
      counts[row * directions + k] += 1;
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = counts[i] > 0 ? sums[i] / counts[i] : nan;
  return sums;
}

Figure tuning_map_figure(const FigureRequest& request) {
  const auto cells = read_cells(request.base, request.core);
  const auto rates = read_rates(request, cells);
  std::map<std::string, std::vector<std::uint32_t>> members;
  for (const auto row : core_rows(cells)) members[cells.type_of(row)].push_back(row);
  std::vector<std::string> types;
  for (auto& [type, rows] : members) {
    types.push_back(type);
    std::ranges::stable_sort(rows, {}, [&](std::uint32_t row) {
      return std::isnan(cells.tuning_angle[row]) ? 1e9 : cells.tuning_angle[row];
    });
  }
  sort_types(types);
  const std::size_t grid_rows = (types.size() + columns - 1) / columns;
  Figure figure{.canvas = paper(720, static_cast<int>(90 + 190 * grid_rows)), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  for (std::size_t t = 0; t < types.size(); ++t) {
    std::vector<double> own;
    for (const auto row : members[types[t]])
      own.insert(own.end(), rates.begin() + static_cast<std::ptrdiff_t>(row * directions),
                 rates.begin() + static_cast<std::ptrdiff_t>((row + 1) * directions));
    std::size_t rows = 0;
    const auto shown = tuning_rows(own, rows);
    const auto where = grid_cell({.left = 0.055, .right = 0.875, .bottom = 45 * unit, .top = 1 - 50 * unit},
                                 columns, grid_rows, t, 0.025, 32 * unit);
    const bool last_row = t + columns >= types.size();
    auto script =
        matrix_block(fmt::format("tuning{}", t), shown, directions) +
        begin_panel(where, fmt::format("{} ({})", shown_label(types[t]), members[types[t]].size())) +
        palette(Palette::sequential) +
        fmt::format(
            "set xrange [-0.5:7.5]\nset yrange [{}:-0.5]\nset cbrange [0:1]\nset border 15 lw "
            "0.4\nunset ytics\nset xtics ({}) scale 0.4\n",
            static_cast<double>(rows) - 0.5,
            last_row ? "'0' 0, '90' 2, '180' 4, '270' 6" : "'' 0, '' 2, '' 4, '' 6");
    if (last_row) script += "set xlabel 'direction (degrees)'\n";
    if (t % columns == 0) script += "set ylabel 'cells by tuning angle' offset 0,0\n";
    script += t == 0 ? fmt::format(
                           "set colorbox user origin 0.895,{:.5f} size 0.012,{:.5f} border\n"
                           "set cblabel 'rate / cell''s largest (white: silent)' font ',8'\n"
                           "set cbtics font ',7' scale 0.3\n",
                           where.bottom, where.top - where.bottom)
                     : std::string("unset colorbox\n");
    if (t == 0)
      script += page_title(fmt::format("{}, {}: tuning of core cells to the direction of gratings",
                                       network_name(request.base), request.options.front()),
                           figure.canvas.height);
    figure.script += script + plot_cells(fmt::format("tuning{}", t));
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
