// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/values/nan.hpp"
#include "metrics/analyses/images/image_selectivity.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/bar_panel.hpp"
#include "metrics/figures/panels/grouped_violin_panel.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr const char *image_rate_column = "firing_rate(Hz)", *image_selectivity_column = "image_selectivity";

/// Cells or units of one data set.
struct ImageSet {
  std::string label, colour;
  std::map<std::string, std::vector<double>> rate,
      selectivity;  ///< [type], without NaN; L5_Exc pooled besides
  std::map<std::string, std::vector<double>> population;  ///< sparsity of types, one of each network
};

void add_units(ImageSet& set, const io::DelimitedTable& table) {
  const auto type_column = table.column("cell_type"), rate = table.column(image_rate_column),
             selectivity = table.column(image_selectivity_column);
  for (const auto& row : table.rows) {
    const auto type = clean_label(row.cells[type_column]);
    for (const auto& label : std::set<std::string>{type, aggregate_l5(type)}) {
      set.rate[label].push_back(number_or_nan(table, row, rate));
      if (const double value = number_or_nan(table, row, selectivity); value == value)
        set.selectivity[label].push_back(value);
    }
  }
}

ImageSet model_set(const FigureRequest& request, std::size_t k) {
  ImageSet set{.label = request.options[k],
               .colour = dataset_colour(k),
               .rate = {},
               .selectivity = {},
               .population = {}};
  MadeAlike units_alike, types_alike;
  for (const auto& network : request.each_network()) {
    add_units(
        set, read_network_table(request, network, {images_files.items[0], "images", set.label}, units_alike));
    const auto types =
        read_network_table(request, network, {images_files.items[1], "images", set.label}, types_alike);
    const auto type = types.column("cell_type"), population = types.column("population_sparsity");
    for (const auto& row : types.rows)
      if (const double value = number_or_nan(types, row, population); value == value)
        set.population[row.cells[type]].push_back(value);
  }
  return set;
}

using Values = std::map<std::string, std::vector<double>> ImageSet::*;

std::vector<double> values_of_type(const ImageSet& set, Values member, const std::string& type) {
  const auto found = (set.*member).find(type);
  return found == (set.*member).end() ? std::vector<double>{} : found->second;
}

/// 1 - KS distance to the recordings, of the model's subtypes of layer 5 to all of its excitatory units.
double similarity_to(const ImageSet& recorded, const ImageSet& model, Values member,
                     const std::string& type) {
  auto reference = values_of_type(recorded, member, type);
  if (reference.empty()) reference = values_of_type(recorded, member, aggregate_l5(type));
  return 1 - ks_distance(values_of_type(model, member, type), reference);
}

std::string images_caption(const FigureRequest& request) {
  return (request.violins
              ? std::string("violins: median, quartiles")
              : std::string("boxes: quartiles, median, whiskers within 1.5 interquartile ranges")) +
         "; points: fewer than five values; bars: mean and standard error";
}

}  // namespace

Figure images_figure(const FigureRequest& request) {
  std::vector<ImageSet> sets;
  for (std::size_t k = 0; k < request.options.size(); ++k) sets.push_back(model_set(request, k));
  if (request.recorded) {
    ImageSet recorded{
        .label = "recordings", .colour = recordings_colour, .rate = {}, .selectivity = {}, .population = {}};
    add_units(recorded,
              io::read_delimited_table(*request.recorded, ',', "made by 'striate metrics recorded-images'"));
    sets.push_back(std::move(recorded));
  }
  std::set<std::string> names;
  std::vector<LegendEntry> legend;
  for (const auto& set : sets) {
    legend.push_back({set.label, set.colour});
    for (const auto& [type, values] : set.rate) names.insert(type);
  }
  const auto types = sorted_types(names);

  Figure figure{.canvas = paper(720, 900), .script = "set multiplot\n"};
  std::size_t longest = 0;  // the names of options stand left of the strips
  for (const auto& option : request.options) longest = std::max(longest, option.size());
  const double left =
      request.recorded ? std::max(0.085, 0.02 + 0.0075 * static_cast<double>(longest)) : 0.085;
  const Rectangle page{.left = left, .right = 0.985, .bottom = 0.092, .top = 0.915};
  struct Shown {
    Values values;
    const char *title, *axis;
    bool log_y;
  };
  const Shown shown[] = {
      {&ImageSet::rate, "Mean rate over images", "rate (Hz)", false},
      {&ImageSet::selectivity, "Image selectivity (sparsity over images)", "selectivity", true}};
  const double strip = request.recorded ? 0.016 * static_cast<double>(request.options.size()) : 0;
  for (std::size_t m = 0; m < std::size(shown); ++m) {
    const auto cell = grid_cell(page, 1, 4, m, 0, 0.042);
    BoxPanel panel{.where = {cell.left, cell.right, cell.bottom + (strip > 0 ? strip + 0.008 : 0), cell.top},
                   .title = shown[m].title,
                   .y_label = shown[m].axis,
                   .categories = types,
                   .series = {},
                   .log_y = shown[m].log_y,
                   .category_labels = false,
                   .name = fmt::format("m{}", m)};
    for (const auto& set : sets) {
      BoxSeries series{.label = set.label, .colour = set.colour, .values = {}};
      for (const auto& type : types) series.values.push_back(values_of_type(set, shown[m].values, type));
      panel.series.push_back(std::move(series));
    }
    auto script = request.violins ? grouped_violin_script(panel) : box_panel_script(panel);
    if (m == 0)
      add_before_plot(
          script,
          page_title(fmt::format("{}: responses of core cells to natural images", shown_networks(request)),
                     figure.canvas.height) +
              legend_row(legend, left, 0.955, 0.16) + page_note(images_caption(request), 0.5, 0.02) +
              (request.recorded
                   ? page_note("strips: similarity to the recordings, 1 - KS distance", 0.5, 0.007)
                   : std::string()));
    figure.script += script;
    if (strip == 0) continue;
    MatrixPanel similarities{.where = {cell.left, cell.right, cell.bottom, cell.bottom + strip},
                             .title = "",
                             .colour_label = "",
                             .rows = request.options,
                             .columns = types,
                             .values = {},
                             .number_format = "{:.2f}",
                             .column_labels = false,
                             .name = fmt::format("s{}", m)};
    for (std::size_t k = 0; k < request.options.size(); ++k)
      for (const auto& type : types)
        similarities.values.push_back(similarity_to(sets.back(), sets[k], shown[m].values, type));
    figure.script += matrix_panel_script(similarities);
  }
  BarPanel means{.where = grid_cell(page, 1, 4, 2, 0, 0.042),
                 .title = "Mean image selectivity of cells",
                 .y_label = "selectivity",
                 .categories = types,
                 .series = {},
                 .category_labels = false,
                 .name = "mean"};
  BarPanel population{.where = grid_cell(page, 1, 4, 3, 0, 0.042),
                      .title = std::string("Population sparsity (all cells and images of a type pooled") +
                               (request.pooled() ? ", mean over networks)" : ")"),
                      .y_label = "sparsity",
                      .categories = types,
                      .series = {},
                      .y_high = 1,
                      .name = "population"};
  for (const auto& set : sets) {
    BarSeries averages{.label = set.label, .colour = set.colour, .values = {}}, pooled = averages;
    for (const auto& type : types) {
      const auto values = values_of_type(set, &ImageSet::selectivity, type);
      averages.values.push_back(mean(values));
      averages.errors.push_back(standard_error(values));
      const auto sparsities = values_of_type(set, &ImageSet::population, type);
      pooled.values.push_back(mean(sparsities));
      pooled.errors.push_back(request.pooled() ? standard_error(sparsities) : nan);
    }
    means.series.push_back(std::move(averages));
    if (!set.population.empty()) population.series.push_back(std::move(pooled));
  }
  figure.script += bar_panel_script(means) + bar_panel_script(population) + "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
