// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"
#include "metrics/figures/structure/structure_figures.hpp"

namespace striate::metrics {
namespace {

constexpr std::size_t panel_columns = 4, most_panels = 12;
constexpr double shown_deg = 16;  // beside and above the middle of a field
constexpr int panel_units = 140, gap_units = 46, head_units = 74, foot_units = 26;

struct Maps {
  std::vector<std::uint64_t> node_id;
  std::vector<double> tuning_angle, azimuth, elevation;
  std::vector<double> on, off;  ///< [cell][elevation][azimuth]
  std::size_t pixels() const { return azimuth.size() * elevation.size(); }
};

Maps read_maps(const std::filesystem::path& path) {
  core::require_readable(path, "run 'striate metrics receptive-field BASE --from structure' first");
  const auto file = io::h5::File::open(path);
  Maps maps{.node_id = io::h5::read<std::uint64_t>(file, "/node_id"),
            .tuning_angle = io::h5::read<double>(file, "/tuning_angle"),
            .azimuth = io::h5::read<double>(file, "/azimuth"),
            .elevation = io::h5::read<double>(file, "/elevation"),
            .on = {},
            .off = {}};
  const std::vector<std::uint64_t> shape{maps.node_id.size(), maps.elevation.size(), maps.azimuth.size()};
  for (const char* dataset : {"/on", "/off"})
    if (io::h5::dataset_info(file, dataset).shape != shape || maps.azimuth.size() < 2 ||
        maps.elevation.size() < 2 || maps.tuning_angle.size() != maps.node_id.size())
      throw core::FormatError("{}:{} has not a map for each cell (of node_id, elevation and azimuth)", path,
                              dataset);
  maps.on = io::h5::read_blocks(file, "/on", 0, shape[0]);
  maps.off = io::h5::read_blocks(file, "/off", 0, shape[0]);
  return maps;
}

/// ON less OFF over the largest of either, within a window around the middle of both.
std::string field_panel(const Maps& maps, std::size_t cell, const Rectangle& where) {
  const std::size_t columns = maps.azimuth.size();
  std::vector<double> difference(maps.pixels());
  double all = 0, x = 0, y = 0, largest = 0;
  for (std::size_t k = 0; k < maps.pixels(); ++k) {
    const double on = maps.on[cell * maps.pixels() + k], off = maps.off[cell * maps.pixels() + k];
    difference[k] = on - off;
    all += on + off;
    x += (on + off) * maps.azimuth[k % columns];
    y += (on + off) * maps.elevation[k / columns];
    largest = std::max(largest, std::abs(on - off));
  }
  const double middle_x = all > 0 ? x / all : maps.azimuth[columns / 2],
               middle_y = all > 0 ? y / all : maps.elevation[maps.elevation.size() / 2];
  for (double& value : difference) value /= largest > 0 ? largest : 1;
  const auto name = fmt::format("field{}", cell);
  const double pitch_x = maps.azimuth[1] - maps.azimuth[0], pitch_y = maps.elevation[1] - maps.elevation[0];
  const double angle = maps.tuning_angle[cell] * std::numbers::pi / 180, arm = 0.8 * shown_deg;
  std::string script = matrix_block(name, difference, columns) +
                       begin_panel(where, fmt::format("cell {}, tuned to {:.0f}", maps.node_id[cell],
                                                      maps.tuning_angle[cell])) +
                       palette(Palette::diverging);
  script += fmt::format(
      "set border 15 lw 0.4\nset cbrange [-1:1]\nunset colorbox\nset xrange [{:.6g}:{:.6g}]\n"
      "set yrange [{:.6g}:{:.6g}]\nset xtics 10\nset ytics 10\n",
      middle_x - shown_deg, middle_x + shown_deg, middle_y - shown_deg, middle_y + shown_deg);
  if (!std::isnan(angle))
    script += fmt::format("set arrow from {:.6g},{:.6g} rto {:.6g},{:.6g} lw 0.8 lc rgb '#000000' front\n",
                          middle_x - arm / 2 * std::cos(angle), middle_y - arm / 2 * std::sin(angle),
                          arm * std::cos(angle), arm * std::sin(angle));
  return script + fmt::format(
                      "plot ${} matrix using ({:.6g}+$1*{:.6g}):({:.6g}+$2*{:.6g}):3 with image "
                      "pixels notitle\n",
                      name, maps.azimuth[0], pitch_x, maps.elevation[0], pitch_y);
}

}  // namespace

Figure receptive_field_figure(const FigureRequest& request) {
  const auto maps = read_maps(request.tables / "rf_structure_maps.h5");
  const std::size_t cells = std::min(maps.node_id.size(), most_panels);
  if (cells == 0) throw core::UsageError("nothing to draw in {} (no cell has a map)", request.tables);
  const std::size_t rows = (cells + panel_columns - 1) / panel_columns;
  const int height = head_units + foot_units + (panel_units + gap_units) * static_cast<int>(rows) - gap_units;
  const double unit = 1.0 / height;
  Figure figure{.canvas = paper(720, height), .script = "set multiplot\n"};
  const Rectangle page{
      .left = 0.06, .right = 0.985, .bottom = foot_units * unit, .top = 1 - head_units * unit};
  for (std::size_t k = 0; k < cells; ++k) {
    auto script = field_panel(maps, k, grid_cell(page, panel_columns, rows, k, 0.05, gap_units * unit));
    if (k == 0)
      add_before_plot(
          script, page_title(fmt::format("{}: receptive fields that follow from the connections of the LGN",
                                         network_name(request.base)),
                             height) +
                      page_text("red: ON, blue: OFF, each field over its largest value; arrow: tuning "
                                "angle of the cell; degrees of the screen",
                                0.5, 1 - 32 * unit, fmt::format("center font ',{}'", label_font)));
    figure.script += script;
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
