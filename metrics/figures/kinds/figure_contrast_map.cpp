// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "io/hdf5/h5.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "metrics/analyses/tuning/contrast.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr std::size_t most_cells = 90, contrast_map_columns = 4;
constexpr double widest_normalised = 3;  // as in the reference

/// Mean counts in the window: [core cell * conditions + condition], the contrast changing slowest.
struct ContrastMap {
  std::vector<double> degrees, levels;
  std::size_t directions = 0, contrasts = 0;
  double seconds = 0;
  std::vector<double> evoked, blank;  ///< blank: [core cell]
  std::size_t conditions() const { return directions * contrasts; }
};

/// As the file says; older ones, which do not, are of the shipped paradigm.
void read_design(ContrastMap& map, const io::h5::File& file) {
  if (io::h5::is_dataset(file, shown_directions) && io::h5::is_dataset(file, shown_contrasts)) {
    map.degrees = io::h5::read<double>(file, shown_directions);
    map.levels = io::h5::read<double>(file, shown_contrasts);
    return;
  }
  const auto design = contrast_design(io::read_paradigm(contrast_gratings, nullptr));
  map.degrees = design.directions.degrees;
  map.levels = design.contrasts.values;
}

ContrastMap read_contrast_map(const std::filesystem::path& path, const Cells& cells,
                              const std::vector<std::uint32_t>& rows, const std::string& origin) {
  core::require_readable(path, origin);
  const auto file = io::h5::File::open(path);
  const auto shape = io::h5::dataset_info(file, "/evoked_spikes").shape,
             blank_shape = io::h5::dataset_info(file, "/spont_spikes").shape;
  ContrastMap map{.degrees = {}, .levels = {}, .evoked = {}, .blank = {}};
  read_design(map, file);
  if (shape.size() != 4 || shape[0] != map.degrees.size() || shape[1] != map.levels.size() || shape[2] == 0 ||
      map.degrees.empty() || map.levels.empty())
    throw core::FormatError(
        "evoked_spikes of {} are not {} directions x {} contrasts x trials x cells ({}) make it again", path,
        map.degrees.size(), map.levels.size(), origin);
  if (shape[3] != cells.size() || blank_shape.size() != 2 || blank_shape[1] != cells.size() ||
      blank_shape[0] == 0 || io::h5::read<std::uint64_t>(file, "/node_id") != cells.node_id)
    throw core::FormatError("{} is not of the cells of {} ({})", path, cells.nodes_file, origin);
  map.directions = shape[0];
  map.contrasts = shape[1];
  map.seconds = io::h5::read<double>(file, "/interval_length").at(0) / 1000;
  map.evoked.assign(rows.size() * map.conditions(), 0);
  map.blank.assign(rows.size(), 0);
  for (std::size_t direction = 0; direction < map.directions; ++direction) {
    const auto block = io::h5::read_blocks(file, "/evoked_spikes", direction, 1);
    for (std::size_t contrast = 0; contrast < map.contrasts; ++contrast)
      for (std::size_t trial = 0; trial < shape[2]; ++trial)
        for (std::size_t i = 0; i < rows.size(); ++i)
          map.evoked[i * map.conditions() + contrast * map.directions + direction] +=
              block[(contrast * shape[2] + trial) * cells.size() + rows[i]] / static_cast<double>(shape[2]);
  }
  const auto blanks = io::h5::read_blocks(file, "/spont_spikes", 0, blank_shape[0]);
  for (std::size_t trial = 0; trial < blank_shape[0]; ++trial)
    for (std::size_t i = 0; i < rows.size(); ++i)
      map.blank[i] += blanks[trial * cells.size() + rows[i]] / static_cast<double>(blank_shape[0]);
  return map;
}

/// Rows of a picture, of some core cells; neighbours averaged so that at most `most_cells` remain.
std::vector<double> shown_rows(const ContrastMap& map, const std::vector<std::size_t>& members,
                               bool normalised, std::size_t& row_count) {
  const std::size_t conditions = map.conditions();
  row_count = std::min(members.size(), most_cells);
  std::vector<double> sums(row_count * conditions, 0), counts(row_count * conditions, 0);
  for (std::size_t m = 0; m < members.size(); ++m) {
    const auto own = std::span(map.evoked).subspan(members[m] * conditions, conditions);
    const double blank = map.blank[members[m]], average = mean(own);
    const std::size_t row = m * row_count / members.size();
    for (std::size_t k = 0; k < conditions; ++k) {
      const double value = normalised ? (own[k] - blank) / (average + blank) : own[k] / map.seconds;
      if (std::isnan(value)) continue;  // 0 / 0: a silent cell
      sums[row * conditions + k] += value;
      counts[row * conditions + k] += 1;
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = counts[i] > 0 ? sums[i] / counts[i] : nan;
  return sums;
}

double usual_largest(const std::vector<double>& values) {
  const auto defined = without_nan(values);
  const double largest = defined.empty() ? 0 : quantile(defined, 0.98);
  return largest > 0 ? largest : 1;
}

}  // namespace

Figure contrast_map_figure(const FigureRequest& request) {
  const auto cells = read_cells(request.base, request.core);
  const auto rows = core_rows(cells);
  const auto map = read_contrast_map(
      request.base / table_file(shown_counts_file, "", request.options.front()), cells, rows,
      fmt::format("made by 'striate metrics contrast {} {}'", request.base.string(),
                  request.options.front()));
  std::map<std::string, std::vector<std::size_t>> members;  // places in `rows`
  for (std::size_t i = 0; i < rows.size(); ++i) members[cells.type_of(rows[i])].push_back(i);
  if (members.empty()) throw core::UsageError("nothing to draw of {} (no core cells)", request.base);
  std::vector<std::string> types;
  for (auto& [type, own] : members) {
    types.push_back(type);
    std::ranges::stable_sort(own, {}, [&](std::size_t i) {
      const double angle = cells.tuning_angle[rows[i]];
      return std::isnan(angle) ? 1e9 : angle;
    });
  }
  sort_types(types);
  const std::size_t grid_rows = (types.size() + contrast_map_columns - 1) / contrast_map_columns;
  Figure figure{.canvas = paper(720, static_cast<int>(106 + 190 * grid_rows)), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  for (std::size_t t = 0; t < types.size(); ++t) {
    std::size_t shown = 0;
    const auto values = shown_rows(map, members[types[t]], request.normalised, shown);
    const double largest = usual_largest(values);
    const auto where = grid_cell({.left = 0.05, .right = 0.885, .bottom = 45 * unit, .top = 1 - 66 * unit},
                                 contrast_map_columns, grid_rows, t, 0.025, 34 * unit);
    const auto title =
        request.normalised
            ? fmt::format("{} ({})", shown_label(types[t]), members[types[t]].size())
            : fmt::format("{} ({}): {:.2g} Hz", shown_label(types[t]), members[types[t]].size(), largest);
    std::string tics, separators;
    for (std::size_t c = 0; c < map.contrasts; ++c) {
      const auto first = static_cast<double>(c * map.directions) - 0.5;
      tics += fmt::format("{}'{}' {}", c == 0 ? "" : ", ",
                          t + contrast_map_columns >= types.size() ? fmt::format("{:g}", map.levels[c]) : "",
                          first + static_cast<double>(map.directions) / 2);
      if (c > 0)
        separators += fmt::format(
            "set arrow from first {0},graph 0 to first {0},graph 1 nohead lw 0.5 lc rgb '{1}' front\n", first,
            request.normalised ? "#808080" : "#ffffff");
    }
    auto script = matrix_block(fmt::format("contrast{}", t), values, map.conditions()) +
                  begin_panel(where, title) +
                  palette(request.normalised ? Palette::diverging : Palette::sequential) +
                  fmt::format(
                      "set xrange [-0.5:{}]\nset yrange [{}:-0.5]\nset cbrange [{}:{:.6g}]\nset border 15 lw "
                      "0.4\nunset ytics\nset xtics ({}) scale 0\n",
                      static_cast<double>(map.conditions()) - 0.5, static_cast<double>(shown) - 0.5,
                      request.normalised ? -widest_normalised : 0,
                      request.normalised ? widest_normalised : largest, tics) +
                  separators;
    if (t + contrast_map_columns >= types.size()) script += "set xlabel 'contrast'\n";
    if (t % contrast_map_columns == 0) script += "set ylabel 'cells by tuning angle' offset 0,0\n";
    if (t == 0) {
      script += fmt::format(
          "set colorbox user origin 0.9,{:.5f} size 0.012,{:.5f} border\nset cblabel '{}' font ',{}'\n"
          "set cbtics font ',{}' scale 0.3\n",
          where.bottom, where.top - where.bottom,
          request.normalised ? "(m - s) / (mean m + s)" : "rate (Hz), first panel", label_font, small_font);
      script += page_title(fmt::format("{}, {}: responses of core cells to contrasts and directions",
                                       network_name(request.base), request.options.front()),
                           figure.canvas.height) +
                page_text(fmt::format("within a contrast: {} directions from {:g} degrees; white: silent{}",
                                      map.directions, map.degrees.front(),
                                      request.normalised ? "; m: mean response, s: to blanks"
                                                         : "; bright: the rate in the title, or more"),
                          0.5, 1 - 30 * unit, fmt::format("center font ',{}'", label_font));
    } else {
      script += "unset colorbox\n";
    }
    figure.script += script + plot_cells(fmt::format("contrast{}", t));
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
