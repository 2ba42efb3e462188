// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/images/decoding.hpp"
#include "metrics/analyses/images/image_selectivity.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/bar_panel.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/figures/panels/label_places.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr double page_left = 0.1;  // numbers such as 0.035 stand left of the axes

/// Accuracies by type: over networks (or sessions) where there are several, else over folds.
struct Accuracies {
  std::string label, colour;
  std::map<std::string, std::vector<double>> by_type;
  double chance = nan;
};

/// Of one table, or of several, one of each network.
Accuracies read_accuracies(const FigureRequest& request, const std::vector<io::DelimitedTable>& tables) {
  using Sample = std::pair<std::size_t, std::string>;  // table; a network or session in it
  std::map<std::string, std::map<Sample, std::vector<double>>> folds;  // [type]
  Accuracies accuracies;
  std::set<double> sizes;
  for (std::size_t k = 0; k < tables.size(); ++k) {
    const auto& table = tables[k];
    const auto network = table.column("network"), type = table.column("cell_type"),
               size = table.column("sample_size"),
               value = table.column(request.decoder == "template" ? "accuracy_template" : "accuracy"),
               chance = table.column("chance");
    for (const auto& row : table.rows) {
      sizes.insert(table.number(row, size));
      if (table.number(row, size) != static_cast<double>(request.sample)) continue;
      accuracies.chance = number_or_nan(table, row, chance);
      if (const double accuracy = number_or_nan(table, row, value); !std::isnan(accuracy))
        folds[clean_label(row.cells[type])][{k, row.cells[network]}].push_back(accuracy);
    }
  }
  if (folds.empty()) {
    std::string known;
    for (const double each : sizes) known += fmt::format("{}{:g}", known.empty() ? "" : ", ", each);
    throw core::UsageError("nothing to draw in {} (no accuracy by {} of {} cells; there are {})",
                           tables.front().path, request.decoder, request.sample,
                           known.empty() ? "none" : known);
  }
  for (const auto& [name, networks] : folds) {
    auto& values = accuracies.by_type[name];
    if (networks.size() == 1)
      values = networks.begin()->second;
    else
      for (const auto& [each, own] : networks) values.push_back(mean(own));
  }
  return accuracies;
}

/// Mean selectivity against accuracy, a labelled point for each type.
std::string scatter_script(const Accuracies& accuracies, const std::map<std::string, double>& selectivity,
                           const Rectangle& where, const Canvas& canvas) {
  std::string blocks, plots, labels;
  std::vector<double> x, y;
  std::vector<std::string> types;
  for (const auto& [type, values] : accuracies.by_type) {
    const auto found = selectivity.find(type);
    if (found == selectivity.end() || std::isnan(found->second)) continue;
    types.push_back(type);
    x.push_back(found->second);
    y.push_back(mean(values));
    const auto block = fmt::format("scatter{}", x.size());
    blocks += fmt::format("${} << END_OF_DATA\n{:.9g} {:.9g}\nEND_OF_DATA\n", block, x.back(), y.back());
    plots += fmt::format("{}${} using 1:2 with points pt 7 ps 0.5 lc rgb '{}'",
                         plots.empty() ? "plot " : ", ", block, type_colour(type));
  }
  const double right = x.empty() || !(std::ranges::max(x) > 0) ? 1 : std::ranges::max(x) * 1.25,
               top = y.empty() || !(std::ranges::max(y) > 0) ? 1 : std::ranges::max(y) * 1.15;
  const LabelBox room{.left = where.left * canvas.width,
                      .bottom = where.bottom * canvas.height,
                      .width = (where.right - where.left) * canvas.width,
                      .height = (where.top - where.bottom) * canvas.height};
  std::vector<NamedPoint> points;
  for (std::size_t k = 0; k < types.size(); ++k)
    points.push_back({.x = room.left + x[k] / right * room.width,
                      .y = room.bottom + y[k] / top * room.height,
                      .name = shown_label(types[k])});
  const auto places = label_places(points, small_font, room);
  for (std::size_t k = 0; k < types.size(); ++k)
    labels += page_text(points[k].name, places[k].left / canvas.width,
                        (places[k].bottom + places[k].height / 2) / canvas.height,
                        fmt::format("left font ',{}'", small_font));
  const double r = x.size() > 1 ? pearson(x, y) : nan;
  return blocks +
         begin_panel(where, std::isnan(r)
                                ? fmt::format("{}: {} types", accuracies.label, x.size())
                                : fmt::format("{}: {} types, r = {:.2f}", accuracies.label, x.size(), r)) +
         fmt::format(
             "set xlabel 'mean image selectivity'\nset ylabel 'accuracy'\nset xrange [0:{:.6g}]\nset yrange "
             "[0:{:.6g}]\n",
             right, top) +
         labels + (plots.empty() ? "plot NaN" : plots) + "\n";
}

/// Tables of an option, one of each network.
std::vector<io::DelimitedTable> network_tables(const FigureRequest& request, const NetworkTable& what) {
  std::vector<io::DelimitedTable> tables;
  MadeAlike alike;
  for (const auto& network : request.each_network())
    tables.push_back(read_network_table(request, network, what, alike));
  return tables;
}

/// Over cells, and over networks.
std::map<std::string, double> mean_selectivity(const FigureRequest& request, const std::string& option) {
  std::map<std::string, std::vector<double>> values;
  for (const auto& table : network_tables(request, {images_files.items[1], "images", option}))
    for (const auto& row : table.rows)
      values[row.cells[table.column("cell_type")]].push_back(
          number_or_nan(table, row, table.column("mean_image_selectivity")));
  std::map<std::string, double> means;
  for (const auto& [type, of_networks] : values) means[type] = nan_mean(of_networks);
  return means;
}

}  // namespace

Figure decoding_figure(const FigureRequest& request) {
  std::vector<Accuracies> sets;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    sets.push_back(read_accuracies(
        request, network_tables(request, {decoding_files.items[2], "decoding", request.options[k]})));
    sets.back().label = request.options[k];
    sets.back().colour = dataset_colour(k);
  }
  if (request.recorded) {
    sets.push_back(read_accuracies(
        request,
        {io::read_delimited_table(*request.recorded, ',', "made by 'striate metrics recorded-decoding'")}));
    sets.back().label = "recordings";
    sets.back().colour = recordings_colour;
  }
  std::set<std::string> names;
  std::vector<LegendEntry> legend;
  for (const auto& set : sets) {
    legend.push_back({set.label, set.colour});
    for (const auto& [type, values] : set.by_type) names.insert(type);
  }
  const auto types = sorted_types(names);

  const std::size_t scatters = request.options.size(), rows = (scatters + 1) / 2;
  Figure figure{.canvas = paper(720, static_cast<int>(330 + 250 * rows)), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  BarPanel bars{.where = {.left = page_left, .right = 0.985, .bottom = 1 - 250 * unit, .top = 1 - 64 * unit},
                .title = fmt::format("{} cells, {}", request.sample,
                                     request.decoder == "template" ? "templates" : "logistic regression"),
                .y_label = "accuracy",
                .categories = types,
                .series = {},
                .line = std::isnan(sets.front().chance) ? std::nullopt : std::optional(sets.front().chance),
                .name = "accuracy"};
  for (const auto& set : sets) {
    BarSeries series{.label = set.label, .colour = set.colour, .values = {}};
    for (const auto& type : types) {
      const auto found = set.by_type.find(type);
      series.values.push_back(found == set.by_type.end() ? nan : mean(found->second));
      series.errors.push_back(found == set.by_type.end() ? nan : standard_error(found->second));
    }
    bars.series.push_back(std::move(series));
  }
  auto script = bar_panel_script(bars);
  add_before_plot(
      script,
      page_title(
          fmt::format("{}: images told from the responses of cells of a type", shown_networks(request)),
          figure.canvas.height) +
          legend_row(legend, page_left, 1 - 36 * unit, 0.16) +
          page_note("bars: mean and standard error over networks or sessions, of a single one over folds; "
                    "dashed: chance",
                    0.5, 10 * unit));
  figure.script += script;
  for (std::size_t k = 0; k < scatters; ++k) {
    auto where = grid_cell({.left = page_left, .right = 0.985, .bottom = 56 * unit, .top = 1 - 344 * unit}, 2,
                           rows, k, page_left + 0.005, 80 * unit);
    figure.script +=
        scatter_script(sets[k], mean_selectivity(request, request.options[k]), where, figure.canvas);
  }
  figure.script += "unset multiplot\n";
  return figure;
}

Figure confusion_figure(const FigureRequest& request) {
  const auto table = read_result(
      request, request.tables / fmt::format("decoding_confusion_{}_by_type.csv", request.options.front()),
      "decoding", request.options.front());
  const auto type = table.column("cell_type"), size = table.column("sample_size"),
             decoder = table.column("decoder"), shown = table.column("shown"), told = table.column("told"),
             count = table.column("count");
  std::map<std::string, std::vector<const io::DelimitedTable::Row*>> rows;
  std::size_t images = 0;
  for (const auto& row : table.rows) {
    images = std::max(
        images, static_cast<std::size_t>(std::max(table.number(row, shown), table.number(row, told))) + 1);
    if (row.cells[decoder] == request.decoder &&
        table.number(row, size) == static_cast<double>(request.sample))
      rows[row.cells[type]].push_back(&row);
  }
  if (rows.empty())
    throw core::UsageError("nothing to draw in {} (nothing was told by {} of {} cells; see --size)",
                           table.path, request.decoder, request.sample);
  const auto types = sorted_types(rows);
  constexpr std::size_t columns = 4;
  const std::size_t lines = (types.size() + columns - 1) / columns;
  constexpr int side = 146;  // of a matrix, in units of the page
  Figure figure{.canvas = paper(720, static_cast<int>(76 + (side + 30) * lines)),
                .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  for (std::size_t k = 0; k < types.size(); ++k) {
    std::vector<double> counts(images * images, 0), totals(images, 0);
    double all = 0, right = 0;
    for (const auto* row : rows[types[k]]) {
      const auto s = static_cast<std::size_t>(table.number(*row, shown)),
                 t = static_cast<std::size_t>(table.number(*row, told));
      const double times = table.number(*row, count);
      counts[s * images + t] += times;
      totals[s] += times;
      all += times;
      right += s == t ? times : 0;
    }
    // What never occurred is the ground: without seams, and most of the matrix.
    std::string block = fmt::format("$confusion{} << END_OF_DATA\n", k);
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts[i] > 0)
        block += fmt::format("{} {} {:.4g}\n", i % images, i / images, counts[i] / totals[i / images]);
    const auto where = grid_cell({.left = 0.04, .right = 0.96, .bottom = 14 * unit, .top = 1 - 66 * unit},
                                 columns, lines, k, 0.04, 30 * unit);
    auto script =
        block + "END_OF_DATA\n" +
        begin_panel(where, fmt::format("{}: {:.0f} %", shown_label(types[k]), 100 * right / all)) +
        palette(Palette::sequential) +
        fmt::format(
            "set xrange [-0.5:{0}]\nset yrange [{0}:-0.5]\nset cbrange [0:1]\nunset colorbox\nunset "
            "xtics\nunset ytics\nset border 15 lw 0.4\nset object rectangle from graph 0,0 to graph "
            "1,1 fc rgb '#440154' fs solid noborder behind\n",
            static_cast<double>(images) - 0.5) +
        fmt::format(
            "plot $confusion{} using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fs "
            "solid noborder lc palette\n",
            k);
    if (k == 0)
      add_before_plot(
          script,
          page_title(fmt::format("{}, {}: images told from {} cells ({})", network_name(request.base),
                                 request.options.front(), request.sample,
                                 request.decoder == "template" ? "templates" : "logistic regression"),
                     figure.canvas.height) +
              page_text("rows: shown, columns: told, colours: fraction of presentations, dark 0 to bright 1; "
                        "titles: told rightly",
                        0.5, 1 - 32 * unit, fmt::format("center font ',{}'", label_font)));
    figure.script += script;
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
