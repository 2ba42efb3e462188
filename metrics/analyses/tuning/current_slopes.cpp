// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/current_slopes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "core/current_name.hpp"
#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
constexpr const char* measures[] = {"Spont_Rate(Hz)", "Ave_Rate(Hz)", "max_mean_rate(Hz)", "OSI", "DSI"};
constexpr std::size_t measure_count = std::size(measures);

/// Means over core cells by type, L5_Exc pooled besides.
using TypeMeans = std::map<std::string, std::array<double, measure_count>>;

TypeMeans means_of(const fs::path& file, const Cells& cells, double min_rate_hz) {
  auto tuning = read_tuning(file, cells);
  for (std::size_t row = 0; row < cells.size(); ++row)
    if (tuning.max_rate[row] < min_rate_hz) tuning.osi[row] = tuning.dsi[row] = nan;
  const std::vector<double>* columns[] = {&tuning.spontaneous_rate, &tuning.mean_rate, &tuning.max_rate,
                                          &tuning.osi, &tuning.dsi};
  std::map<std::string, std::array<std::vector<double>, measure_count>> values;
  for (const auto row : core_rows(cells)) {
    const auto& type = cells.type_of(row);
    std::set<std::string> labels{type, aggregate_l5(type)};
    for (const auto& label : labels)
      for (std::size_t k = 0; k < measure_count; ++k) values[label][k].push_back((*columns[k])[row]);
  }
  TypeMeans means;
  for (const auto& [type, of_type] : values)
    for (std::size_t k = 0; k < measure_count; ++k) means[type][k] = nan_mean(of_type[k]);
  return means;
}

struct StraightLine {
  double slope = nan, intercept = nan;
};

/// Through the points that are numbers; NaN unless they lie at two places at least.
StraightLine line_through(std::span<const double> x, std::span<const double> y) {
  std::vector<double> kept_x, kept_y;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!std::isnan(y[i])) {
      kept_x.push_back(x[i]);
      kept_y.push_back(y[i]);
    }
  const double centre_x = mean(kept_x), centre_y = mean(kept_y);
  double xx = 0, xy = 0;
  for (std::size_t i = 0; i < kept_x.size(); ++i) {
    xx += (kept_x[i] - centre_x) * (kept_x[i] - centre_x);
    xy += (kept_x[i] - centre_x) * (kept_y[i] - centre_y);
  }
  if (!(xx > 0)) return {};
  return {xy / xx, centre_y - xy / xx * centre_x};
}

}  // namespace

std::vector<fs::path> make_current_slopes(const CurrentSlopesRequest& request, const core::Comm& comm) {
  std::vector<fs::path> files;
  for (const char* pattern : current_slopes_files)
    files.push_back(table_file(pattern, request.output_directory, request.condition));
  if (std::set<double>(request.amplitudes_pA.begin(), request.amplitudes_pA.end()).size() < 2 ||
      std::ranges::count(request.amplitudes_pA, 0.0) > 0)
    throw core::UsageError("invalid --amplitudes (a slope needs two different currents, none of them 0)");
  if (!comm.is_root()) return files;
  const auto cells = read_cells(request.base, request.core);
  Provenance provenance{.kind = "slopes",
                        .inputs = {cells.nodes_file.string()},
                        .options = {{"baseline", request.baseline},
                                    {"lowest preferred rate (Hz)", fmt::format("{}", request.min_rate_hz)},
                                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  const auto means = [&](const std::string& option) {
    const auto file = table_file(odsi_files.items[0], request.base / "metrics", option);
    provenance.inputs.push_back(file.string());
    return means_of(file, cells, request.min_rate_hz);
  };
  const auto baseline = means(request.baseline);
  std::vector<TypeMeans> at_current;
  for (const double amplitude : request.amplitudes_pA)
    at_current.push_back(means(request.condition + "_" + core::current_name(amplitude)));

  std::vector<std::string> delta_types, delta_measures, slope_types, slope_measures;
  std::vector<double> amplitudes, values, baselines, differences, relative, slopes, intercepts;
  for (const auto& type : sorted_types(baseline))
    for (std::size_t k = 0; k < measure_count; ++k) {
      const double without = baseline.at(type)[k];
      std::vector<double> course;
      for (std::size_t i = 0; i < at_current.size(); ++i) {
        course.push_back(at_current[i].at(type)[k]);
        delta_types.push_back(type);
        delta_measures.emplace_back(measures[k]);
        amplitudes.push_back(request.amplitudes_pA[i]);
        values.push_back(course.back());
        baselines.push_back(without);
        differences.push_back(course.back() - without);
        relative.push_back(without == 0 ? nan : differences.back() / without);
      }
      const auto line = line_through(request.amplitudes_pA, course);
      slope_types.push_back(type);
      slope_measures.emplace_back(measures[k]);
      slopes.push_back(line.slope);
      intercepts.push_back(line.intercept);
    }
  const auto condition = [&](std::size_t rows) { return std::vector<std::string>(rows, request.condition); };
  write_csv(files[0],
            {{{"condition", condition(values.size())},
              {"amplitude", std::move(amplitudes)},
              {"cell_type", std::move(delta_types)},
              {"measure", std::move(delta_measures)},
              {"mean_value", std::move(values)},
              {"baseline_value", std::move(baselines)},
              {"diff", std::move(differences)},
              {"rel_diff", std::move(relative)}}},
            ',', provenance);
  write_csv(files[1],
            {{{"condition", condition(slopes.size())},
              {"cell_type", std::move(slope_types)},
              {"measure", std::move(slope_measures)},
              {"slope_per_pA", std::move(slopes)},
              {"intercept", std::move(intercepts)}}},
            ',', provenance);
  return files;
}

std::vector<fs::path> run_current_slopes(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  CurrentSlopesRequest request{.base = call.base(),
                               .condition = call.option(),
                               .baseline = values.text("baseline"),
                               .output_directory = output_directory(call),
                               .min_rate_hz = values.number("min-rate"),
                               .core = core_rule(values)};
  if (const auto given = values.numbers("amplitudes"); !given.empty()) request.amplitudes_pA = given;
  return make_current_slopes(request, world);
}

}  // namespace striate::metrics
