// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "metrics/figures/panels/matrix_panel.hpp"

namespace striate::metrics {
namespace {

constexpr double widest_percent = 80;

std::string measure_title(const std::string& measure) {
  if (measure == "Spont_Rate(Hz)") return "spontaneous rate";
  if (measure == "Ave_Rate(Hz)") return "mean rate";
  return measure == "max_mean_rate(Hz)" ? "preferred rate" : measure;
}

/// One experiment's changes in percent of the baseline.
struct Experiment {
  std::vector<std::string> measures;
  std::set<double> currents;
  std::map<std::string, std::map<std::pair<std::string, double>, double>> percent;  ///< [measure][type, pA]
};

Experiment read_experiment(const FigureRequest& request, std::size_t k) {
  const auto table =
      read_result(request, request.table("perturbation_deltas", k), "slopes", request.options[k]);
  const auto type = table.column("cell_type"), measure = table.column("measure"),
             amplitude = table.column("amplitude"), change = table.column("rel_diff");
  Experiment experiment;
  for (const auto& row : table.rows) {
    const auto& name = row.cells[measure];
    if (std::ranges::find(experiment.measures, name) == experiment.measures.end())
      experiment.measures.push_back(name);
    const double current = table.number(row, amplitude);
    experiment.currents.insert(current);
    experiment.percent[name][{row.cells[type], current}] = 100 * number_or_nan(table, row, change);
  }
  return experiment;
}

}  // namespace

Figure current_slopes_figure(const FigureRequest& request) {
  std::vector<Experiment> experiments;
  std::set<std::string> found;
  double limit = 0;
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    experiments.push_back(read_experiment(request, k));
    for (const auto& [measure, of_measure] : experiments.back().percent)
      for (const auto& [key, percent] : of_measure)
        if (!std::isnan(percent)) {
          found.insert(key.first);
          limit = std::max(limit, std::abs(percent));
        }
  }
  if (found.empty())
    throw core::UsageError("nothing to draw in {} (no change is a number)",
                           request.table("perturbation_deltas"));
  const auto types = sorted_types(found);
  limit = std::min(limit > 0 ? limit : 1, widest_percent);
  const auto& measures = experiments.front().measures;

  const auto rows = static_cast<int>(experiments.size());
  Figure figure{.canvas = paper(720, 70 + 400 * rows), .script = "set multiplot\n"};
  const double unit = 1.0 / figure.canvas.height;
  for (std::size_t k = 0; k < experiments.size(); ++k) {
    std::vector<std::string> columns;
    for (const double current : experiments[k].currents) columns.push_back(fmt::format("{:+g} pA", current));
    for (std::size_t m = 0; m < measures.size(); ++m) {
      MatrixPanel panel{
          .where = grid_cell({.left = 0.1, .right = 0.9, .bottom = 60 * unit, .top = 1 - 66 * unit},
                             measures.size(), experiments.size(), k * measures.size() + m, 0.03, 100 * unit),
          .title = measure_title(measures[m]),
          .colour_label =
              m + 1 == measures.size() ? fmt::format("change (%), colours up to {:.0f}", limit) : "",
          .rows = types,
          .columns = columns,
          .values = {},
          .low = -limit,
          .high = limit,
          .colours = Palette::diverging,
          .number_format = columns.size() <= 4 ? "{:.0f}" : "",
          .row_labels = m == 0,
          .name = fmt::format("current{}_{}", k, m)};
      const auto& percent = experiments[k].percent[measures[m]];
      for (const auto& type : types)
        for (const double current : experiments[k].currents) {
          const auto at = percent.find({type, current});
          panel.values.push_back(at == percent.end() ? core::nan : at->second);
        }
      auto script = matrix_panel_script(panel);
      std::string page;
      if (m == 0)
        page += page_text(fmt::format("current into {}", request.options[k]), 0.5,
                          panel.where.top + 30 * unit, "center font ',9'");
      if (m == 0 && k == 0)
        page += page_title(
            fmt::format("{}: change of core cell types from the baseline", network_name(request.base)),
            figure.canvas.height);
      add_before_plot(script, page);
      figure.script += script;
    }
  }
  figure.script += "unset multiplot\n";
  return figure;
}

}  // namespace striate::metrics
