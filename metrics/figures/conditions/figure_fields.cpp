// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/conditions/figure_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t field_columns = 5;
constexpr int map_units = 88, map_gap = 46, map_head = 74, map_foot = 26;

struct Ellipse {
  const char *prefix, *style;  ///< of the columns; of its line
};

/// One way to measure fields.
struct FieldKind {
  const char* command;  ///< `striate metrics COMMAND` makes its files
  std::string stem;  ///< of these
  std::vector<std::string> datasets;  ///< of its maps: the second is subtracted
  const char* surest;  ///< the column of which the largest is surest among equal p
  std::vector<Ellipse> ellipses;
  Palette colours;
  const char *title, *note;
};

/// A cell with a field.
struct FieldCell {
  std::uint64_t node_id = 0;
  double p = 1, strength = 0;
  std::size_t row = 0;  ///< of the table
};

/// The surest of each type, in the order of the figures.
std::vector<std::pair<std::string, FieldCell>> surest_cells(const io::DelimitedTable& table,
                                                            const FieldKind& kind) {
  std::map<std::string, FieldCell> of_type;
  const auto id = table.column("node_id"), type = table.column("cell_type"), p = table.column("p"),
             strength = table.column(kind.surest);
  for (std::size_t k = 0; k < table.rows.size(); ++k) {
    const auto& row = table.rows[k];
    const FieldCell cell{.node_id = static_cast<std::uint64_t>(table.number(row, id)),
                         .p = number_or_nan(table, row, p),
                         .strength = number_or_nan(table, row, strength),
                         .row = k};
    if (std::isnan(cell.p) || std::isnan(cell.strength)) continue;
    const auto found = of_type.find(row.cells[type]);
    if (found == of_type.end())
      of_type.emplace(row.cells[type], cell);
    else if (cell.p < found->second.p ||
             (cell.p == found->second.p && cell.strength > found->second.strength))
      found->second = cell;
  }
  std::vector<std::pair<std::string, FieldCell>> cells;
  for (const auto& each : sorted_types(of_type)) cells.emplace_back(each, of_type.at(each));
  return cells;
}

struct PlaceMaps {
  fs::path path;
  io::h5::File file;
  std::vector<std::uint64_t> node_id;
  std::vector<double> azimuth, elevation;

  /// Of one cell, row after row.
  std::vector<double> of(std::uint64_t id, const std::vector<std::string>& datasets) const {
    const auto found = std::ranges::find(node_id, id);
    if (found == node_id.end())
      throw core::FormatError("no map of cell {} in {} (its table has one) make both again", id, path);
    const auto at = static_cast<std::uint64_t>(found - node_id.begin());
    auto map = io::h5::read_blocks(file, datasets.front(), at, 1);
    if (datasets.size() > 1) {
      const auto other = io::h5::read_blocks(file, datasets[1], at, 1);
      for (std::size_t k = 0; k < map.size(); ++k) map[k] -= other[k];
    }
    return map;
  }
};

PlaceMaps open_place_maps(const fs::path& path, const FieldKind& kind) {
  core::require_readable(path, fmt::format("run 'striate metrics {}' first", kind.command));
  PlaceMaps maps{
      .path = path, .file = io::h5::File::open(path), .node_id = {}, .azimuth = {}, .elevation = {}};
  maps.node_id = io::h5::read<std::uint64_t>(maps.file, "/node_id");
  maps.azimuth = io::h5::read<double>(maps.file, "/azimuth");
  maps.elevation = io::h5::read<double>(maps.file, "/elevation");
  const std::vector<std::uint64_t> shape{maps.node_id.size(), maps.elevation.size(), maps.azimuth.size()};
  for (const auto& dataset : kind.datasets)
    if (io::h5::dataset_info(maps.file, dataset).shape != shape || maps.azimuth.size() < 2 ||
        maps.elevation.size() < 2)
      throw core::FormatError("{}:{} has not a map for each cell (of node_id, elevation and azimuth)", path,
                              dataset);
  return maps;
}

std::string ellipse_around(const io::DelimitedTable& table, const FieldCell& cell, const Ellipse& ellipse) {
  const auto value = [&](const char* name) {
    return number_or_nan(table, table.rows[cell.row], table.column(std::string(ellipse.prefix) + name));
  };
  const double x = value("fit_azimuth"), y = value("fit_elevation"), width = value("width"),
               height = value("height");
  if (std::isnan(x) || std::isnan(width) || std::isnan(height)) return {};
  return fmt::format(
      "set object ellipse center {:.6g},{:.6g} size {:.6g},{:.6g} front fillstyle empty border {}\n", x, y,
      2 * width, 2 * height, ellipse.style);
}

std::string place_panel(const PlaceMaps& maps, const std::vector<double>& map, const FieldKind& kind,
                        const std::string& name, const std::string& title, const Rectangle& where) {
  const auto& x = maps.azimuth;
  const auto& y = maps.elevation;
  const double dx = x[1] - x[0], dy = y[1] - y[0], largest = largest_magnitude(map);
  const auto range = [](char axis, double first, double last, double step) {
    const double low = std::min(first, last) - std::abs(step) / 2,
                 high = std::max(first, last) + std::abs(step) / 2;
    return fmt::format("set {}range [{:.6g}:{:.6g}]\n", axis, low, high);
  };
  return matrix_block(name, map, x.size()) + begin_panel(where, title) + palette(kind.colours) +
         fmt::format(
             "set border 15 lw 0.4\nset cbrange [{:.6g}:{:.6g}]\nunset colorbox\nset xtics 40\nset ytics "
             "20\n",
             kind.colours == Palette::diverging ? -largest : 0, largest) +
         range('x', x.front(), x.back(), dx) + range('y', y.front(), y.back(), dy);
}

std::string plot_map(const PlaceMaps& maps, const std::string& name) {
  return fmt::format(
      "plot ${} matrix using ({:.6g}+$1*{:.6g}):({:.6g}+$2*{:.6g}):3 with image pixels notitle\n", name,
      maps.azimuth[0], maps.azimuth[1] - maps.azimuth[0], maps.elevation[0],
      maps.elevation[1] - maps.elevation[0]);
}

Figure fields_figure(const FigureRequest& request, const FieldKind& kind) {
  const auto& option = request.options.front();
  const auto table = read_result(request, request.table(kind.stem + "_cells"), kind.command, option);
  const auto maps = open_place_maps(request.tables / fmt::format("{}_maps_{}.h5", kind.stem, option), kind);
  const auto cells = surest_cells(table, kind);
  if (cells.empty())
    throw core::UsageError("nothing to draw in {} (no cell has spikes enough for a field)",
                           request.table(kind.stem + "_cells"));
  const std::size_t rows = (cells.size() + field_columns - 1) / field_columns;
  const int height = map_head + map_foot + (map_units + map_gap) * static_cast<int>(rows) - map_gap;
  const double unit = 1.0 / height;
  Figure figure{.canvas = paper(720, height), .script = "set multiplot\n"};
  const Rectangle page{.left = 0.05, .right = 0.985, .bottom = map_foot * unit, .top = 1 - map_head * unit};
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const auto& [type, cell] = cells[k];
    const auto name = fmt::format("field{}", k);
    auto script = place_panel(maps, maps.of(cell.node_id, kind.datasets), kind, name,
                              fmt::format("{}, cell {}", shown_label(type), cell.node_id),
                              grid_cell(page, field_columns, rows, k, 0.05, map_gap * unit));
    for (const auto& ellipse : kind.ellipses) script += ellipse_around(table, cell, ellipse);
    script += fmt::format("set label 'p {:.2g}' at graph 0.04,0.1 front font ',{}' tc rgb '{}'\n", cell.p,
                          small_font, kind.colours == Palette::diverging ? "#000000" : "#ffffff") +
              plot_map(maps, name);
    if (k == 0)
      add_before_plot(
          script, page_title(fmt::format("{} {}: {}", shown_networks(request), option, kind.title), height) +
                      page_text(kind.note, 0.5, 1 - 32 * unit, fmt::format("center font ',{}'", label_font)));
    figure.script += script;
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace

Figure gabor_fields_figure(const FigureRequest& request) {
  return fields_figure(request, {.command = "receptive-field",
                                 .stem = "rf_gabors",
                                 .datasets = {"/spikes"},
                                 .surest = "spikes",
                                 .ellipses = {{"", "lc rgb '#ffffff' lw 1"}},
                                 .colours = Palette::sequential,
                                 .title = "receptive fields from small gratings",
                                 .note = "spikes by place (yellow: most) of the surest cell of each type; "
                                         "ellipse: one sd of the Gaussian; degrees"});
}

Figure noise_fields_figure(const FigureRequest& request) {
  return fields_figure(
      request, {.command = "receptive-field --from noise",
                .stem = "rf_noise",
                .datasets = {"/on", "/off"},
                .surest = "z",
                .ellipses = {{"on_", "lc rgb '#000000' lw 1"}, {"off_", "lc rgb '#000000' lw 1 dt 2"}},
                .colours = Palette::diverging,
                .title = "receptive fields from noise",
                .note = "red: light, blue: dark squares before spikes, surest cell of each type; ellipses: "
                        "one sd, ON solid, OFF dashed"});
}

}  // namespace striate::metrics
