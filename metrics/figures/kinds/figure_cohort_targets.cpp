// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "metrics/analyses/weights/cohort_landing.hpp"
#include "metrics/analyses/weights/cohort_targets.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/box_panel.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

constexpr std::array bar_levels{"low", "mid", "high"};
/// Targets of a class from below, and how pale they are.
struct TargetShade {
  const char* level;
  double paleness;
};
constexpr std::array target_shades{TargetShade{"high", 0}, TargetShade{"mid", 0.35}, TargetShade{"low", 0.65},
                                   TargetShade{"none", 0.85}};
constexpr double bar_width = 0.8, least_labelled = 0.06;

/// [cohort][level][class][level of the target] fraction of what goes from core to core.
using Fractions = std::map<std::array<std::string, 4>, double>;

Fractions network_fractions(const io::DelimitedTable& table, const std::string& mass) {
  Fractions sums;
  std::map<std::array<std::string, 2>, double> totals;
  const auto cell = [&](const auto& row, const char* column) { return row.cells[table.column(column)]; };
  for (const auto& row : table.rows) {
    if (cell(row, "mass") != mass || cell(row, "source_region") != "core" ||
        cell(row, "target_region") != "core")
      continue;
    const double own = table.number(row, table.column("total"));
    sums[{cell(row, "cohort"), cell(row, "level"), cell(row, "target_class"), cell(row, "target_level")}] +=
        own;
    totals[{cell(row, "cohort"), cell(row, "level")}] += own;
  }
  for (auto& [key, value] : sums)
    if (const double total = totals[{key[0], key[1]}]; total > 0) value /= total;
  return sums;
}

/// What a picture shows of an option: means over networks.
struct ShownOption {
  Fractions weight, synapses;
  std::vector<std::string> sources, targets;  ///< of the thirds
  std::vector<double> thirds;  ///< [source * targets + target]
};

/// Means over networks with connections from there; what received nothing in a network counts as 0.
Fractions mean_fractions(const std::vector<Fractions>& networks) {
  std::map<std::array<std::string, 2>, double> with_connections;
  for (const auto& each : networks) {
    std::set<std::array<std::string, 2>> sources;
    for (const auto& [key, value] : each) sources.insert({key[0], key[1]});
    for (const auto& source : sources) with_connections[source] += 1;
  }
  Fractions means;
  for (const auto& each : networks)
    for (const auto& [key, value] : each) means[key] += value / with_connections[{key[0], key[1]}];
  return means;
}

/// Adds a network's fractions from upper and lower thirds to upper and lower thirds.
void add_thirds(ShownOption& shown,
                std::map<std::pair<std::string, std::string>, std::vector<double>>& values,
                const io::DelimitedTable& table) {
  const auto source = table.column("source"), target = table.column("target"),
             value = table.column("fraction");
  for (const auto& row : table.rows) {
    for (auto [list, column] : {std::pair(&shown.sources, source), std::pair(&shown.targets, target)})
      if (std::ranges::find(*list, row.cells[column]) == list->end()) list->push_back(row.cells[column]);
    values[{row.cells[source], row.cells[target]}].push_back(number_or_nan(table, row, value));
  }
}

ShownOption read_option(const FigureRequest& request, const std::string& option) {
  ShownOption shown;
  std::vector<Fractions> weight, synapses;
  std::map<std::pair<std::string, std::string>, std::vector<double>> thirds;
  MadeAlike targets_alike, thirds_alike;
  for (const auto& network : request.each_network()) {
    const auto table = read_network_table(
        request, network, {cohort_targets_files.items[0], "cohort-targets", option}, targets_alike);
    weight.push_back(network_fractions(table, "weight"));
    synapses.push_back(network_fractions(table, "synapses"));
    add_thirds(shown, thirds,
               read_network_table(request, network, {cohort_targets_files.items[3], "cohort-targets", option},
                                  thirds_alike));
  }
  shown.weight = mean_fractions(weight);
  shown.synapses = mean_fractions(synapses);
  for (const auto& source : shown.sources)
    for (const auto& target : shown.targets) shown.thirds.push_back(nan_mean(thirds[{source, target}]));
  return shown;
}

/// "#rrggbb" towards white.
std::string paler(const std::string& colour, double amount) {
  std::string result = "#";
  for (const std::size_t at : {1u, 3u, 5u}) {
    const int channel = std::stoi(colour.substr(at, 2), nullptr, 16);
    result += fmt::format("{:02x}", static_cast<int>(channel + (255 - channel) * amount + 0.5));
  }
  return result;
}

/// A stacked bar for each third of each cohort.
std::string bars_script(const Fractions& fractions, const Rectangle& where, const std::string& title,
                        const std::string& y_label, const std::string& name) {
  std::string blocks, plots, labels;
  std::vector<std::string> tics;
  std::map<std::string, std::string> rows;  // colour and block
  double x = 0;
  for (const char* cohort : cohort_base_names) {
    for (const char* level : bar_levels) {
      double bottom = 0;
      for (const char* shown : target_classes) {
        const double start = bottom;
        for (const auto& [target_level, paleness] : target_shades) {
          const auto found = fractions.find({cohort, level, shown, target_level});
          if (found == fractions.end() || !(found->second > 0)) continue;
          rows[paler(type_colour(shown), paleness)] +=
              fmt::format("{:.4g} {:.4g} {:.9g} {:.9g}\n", x - bar_width / 2, x + bar_width / 2, bottom,
                          bottom + found->second);
          bottom += found->second;
        }
        if (bottom - start >= least_labelled)
          labels += fmt::format(
              "set label '{:.0f}' at first {:.4g},{:.6g} center font ',{}' tc rgb '#000000' front\n",
              100 * (bottom - start), x, (start + bottom) / 2, number_font);
      }
      tics.push_back(fmt::format("'{}' {:.4g}", level, x));
      x += 1;
    }
    labels += fmt::format("set label '{}' at first {:.4g},graph -0.23 center font ',{}'\n", cohort, x - 2,
                          label_font);
    x += 0.6;
  }
  std::string tic_text;
  for (const auto& tic : tics) tic_text += (tic_text.empty() ? "" : ", ") + tic;
  std::size_t k = 0;
  for (const auto& [colour, text] : rows) {
    const auto block = fmt::format("{}_{}", name, k++);
    blocks += fmt::format("${} << END_OF_DATA\n{}END_OF_DATA\n", block, text);
    plots += fmt::format(
        "{}${} using 1:3:1:2:3:4 with boxxyerror fs solid border rgb '#404040' lw 0.3 lc rgb '{}'",
        plots.empty() ? "plot " : ", ", block, colour);
  }
  if (plots.empty()) plots = "plot NaN";
  return blocks + begin_panel(where, title) +
         fmt::format(
             "set ylabel {}\nset yrange [0:1.001]\nset xrange [-0.7:{:.4g}]\nset xtics ({}) rotate by 90 "
             "right scale 0 font ',{}'\n",
             gnuplot_text(y_label), x - 0.9, tic_text, small_font) +
         labels + plots + "\n";
}

/// Upper and lower thirds to upper and lower thirds.
MatrixPanel thirds_panel(const ShownOption& shown) {
  return {.where = {},
          .title = "from third to third",
          .colour_label = "",
          .rows = shown.sources,
          .columns = shown.targets,
          .values = shown.thirds,
          .high = largest_magnitude(shown.thirds),
          .number_format = "{:.2f}",
          .column_turn = Turn::upright,
          .name = ""};
}

}  // namespace

Figure cohort_targets_figure(const FigureRequest& request) {
  const std::size_t options = request.options.size();
  Figure figure{.canvas = paper(720, static_cast<int>(102 + 240 * options)), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  const Rectangle page{.left = 0.075, .right = 0.985, .bottom = 74 * unit, .top = 1 - 76 * unit};
  std::vector<LegendEntry> legend;
  for (const char* shown : target_classes)
    if (std::string(shown) != "other") legend.push_back({shown_label(shown), type_colour(shown)});
  for (std::size_t k = 0; k < options; ++k) {
    const auto shown = read_option(request, request.options[k]);
    const auto row = grid_cell(page, 1, options, k, 0, 84 * unit);
    const auto part = [&](double left, double right) {
      return Rectangle{.left = left, .right = right, .bottom = row.bottom, .top = row.top};
    };
    auto script = bars_script(shown.weight, part(0.075, 0.4), request.options[k] + ": |weight|",
                              "fraction, core to core", fmt::format("w{}", k));
    if (k == 0)
      add_before_plot(script,
                      page_title(fmt::format("{}: targets of weakly and strongly projecting cells",
                                             shown_networks(request)),
                                 figure.canvas.height) +
                          legend_row(legend, 0.075, 1 - 42 * unit, 0.1) +
                          page_note(std::string("numbers: percent; within a class from below: targets of the "
                                                "high (dark), mid and low third") +
                                        (request.pooled() ? "; means over networks" : ""),
                                    0.5, 9 * unit));
    figure.script += script;
    figure.script += bars_script(shown.synapses, part(0.44, 0.765), request.options[k] + ": synapses", "",
                                 fmt::format("s{}", k));
    auto thirds = thirds_panel(shown);
    thirds.where = part(0.855, 0.985);
    thirds.name = fmt::format("t{}", k);
    figure.script += matrix_panel_script(thirds);
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
