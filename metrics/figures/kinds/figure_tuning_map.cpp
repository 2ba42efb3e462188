// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr std::size_t most_rows = 90, map_columns = 5;

struct MappedRates {
  std::vector<double> degrees;  ///< ascending
  std::vector<double> rates;  ///< [cell * directions + direction], Hz; NaN where the file has no row
};

MappedRates read_rates(const FigureRequest& request, const Cells& cells) {
  const auto table = io::read_delimited_table(
      request.table("Rates_DF"), ' ',
      fmt::format("made by 'striate metrics odsi {} {}'", request.base.string(), request.options.front()));
  const auto angle_column = table.column("DG_angle"), id_column = table.column("node_id"),
             rate_column = table.column("Ave_Rate(Hz)");
  MappedRates result;
  std::map<double, std::size_t> place;
  for (const auto& row : table.rows) place.emplace(table.number(row, angle_column), 0);
  for (auto& [angle, index] : place) {
    index = result.degrees.size();
    result.degrees.push_back(angle);
  }
  constexpr std::size_t most_directions = 360;
  if (place.empty() || place.size() > most_directions)
    throw core::FormatError("{} different DG_angle in {} (1 to {} directions can be shown)", place.size(),
                            table.path, most_directions);
  result.rates.assign(cells.size() * place.size(), nan);
  for (const auto& row : table.rows) {
    const double id = table.number(row, id_column);
    if (!(id >= 0) || id > 9e15 || id != std::floor(id))
      throw core::FormatError("invalid node_id={} in {}:{} (must be a node id)", id, table.path, row.line);
    const auto cell = cells.require_row(static_cast<std::uint64_t>(id),
                                        [&] { return fmt::format("{}:{}", table.path, row.line); });
    result.rates[cell * place.size() + place.at(table.number(row, angle_column))] =
        number_or_nan(table, row, rate_column);
  }
  return result;
}

/// Marks at quarters of the circle, or at all directions where none is a quarter.
std::string direction_tics(const std::vector<double>& degrees, bool labels) {
  const bool quarters = std::ranges::any_of(degrees, [](double angle) { return std::fmod(angle, 90) == 0; });
  std::string text;
  for (std::size_t k = 0; k < degrees.size(); ++k)
    if (!quarters || std::fmod(degrees[k], 90) == 0)
      text +=
          fmt::format("{}'{}' {}", text.empty() ? "" : ", ", labels ? fmt::format("{}", degrees[k]) : "", k);
  return text;
}

}  // namespace

std::vector<double> tuning_rows(const std::vector<double>& rates, std::size_t directions,
                                std::size_t& row_count) {
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
  const auto [degrees, rates] = read_rates(request, cells);
  const std::size_t directions = degrees.size();
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
  const std::size_t grid_rows = (types.size() + map_columns - 1) / map_columns;
  Figure figure{.canvas = paper(720, static_cast<int>(90 + 190 * grid_rows)), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  for (std::size_t t = 0; t < types.size(); ++t) {
    std::vector<double> own;
    for (const auto row : members[types[t]])
      own.insert(own.end(), rates.begin() + static_cast<std::ptrdiff_t>(row * directions),
                 rates.begin() + static_cast<std::ptrdiff_t>((row + 1) * directions));
    std::size_t rows = 0;
    const auto shown = tuning_rows(own, directions, rows);
    const auto where = grid_cell({.left = 0.055, .right = 0.875, .bottom = 45 * unit, .top = 1 - 50 * unit},
                                 map_columns, grid_rows, t, 0.025, 32 * unit);
    const bool last_row = t + map_columns >= types.size();
    auto script =
        matrix_block(fmt::format("tuning{}", t), shown, directions) +
        begin_panel(where, fmt::format("{} ({})", shown_label(types[t]), members[types[t]].size())) +
        palette(Palette::sequential) +
        fmt::format(
            "set xrange [-0.5:{}]\nset yrange [{}:-0.5]\nset cbrange [0:1]\nset border 15 lw "
            "0.4\nunset ytics\nset xtics ({}) scale 0.4\n",
            static_cast<double>(directions) - 0.5, static_cast<double>(rows) - 0.5,
            direction_tics(degrees, last_row));
    if (last_row) script += "set xlabel 'direction (degrees)'\n";
    if (t % map_columns == 0) script += "set ylabel 'cells by tuning angle' offset 0,0\n";
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
