// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/contrast_networks.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

constexpr const char* columns[] = {"rate(Hz)", "osi", "dsi", "sparsity", "reliability"};
/// [cell type][contrast, metric], a value per network.
using Samples = std::map<std::string, std::map<std::pair<double, std::size_t>, std::vector<double>>>;

void add_table(Samples& samples, const std::filesystem::path& file) {
  const auto table = io::read_delimited_table(file, ',', "type means of 'striate metrics contrast'");
  const auto type = table.column("cell_type"), contrast = table.column("contrast");
  std::map<std::pair<std::string, double>, std::size_t> lines;
  for (const auto& row : table.rows) {
    const double level = table.number(row, contrast);
    const auto [known, is_new] = lines.emplace(std::pair(row.cells[type], level), row.line);
    if (!is_new)
      throw core::FormatError("{} at contrast {} twice in {} (lines {} and {})", row.cells[type], level, file,
                              known->second, row.line);
    for (std::size_t metric = 0; metric < std::size(columns); ++metric)
      samples[row.cells[type]][{level, metric}].push_back(
          number_or_nan(table, row, table.column(columns[metric])));
  }
}

}  // namespace

SampleMean sample_mean(std::span<const double> values) {
  const auto kept = without_nan(values);
  const auto n = static_cast<double>(kept.size());
  const double error = standard_error(kept);
  return {.count = static_cast<std::int64_t>(kept.size()),
          .mean = mean(kept),
          .deviation = deviation(kept, 1),
          .error = error,
          .half_interval = student_quantile(0.95, n - 1) * error};
}

std::vector<std::filesystem::path> make_contrast_networks(const ContrastNetworksRequest& request,
                                                          const core::Comm& comm) {
  const auto file = request.output_directory / fmt::format("contrast_networks_{}.csv", request.option);
  if (!comm.is_root()) return {file};
  Samples samples;
  Provenance provenance{.kind = "contrast", .inputs = {}, .options = {}};
  for (const auto& table : request.tables) {
    add_table(samples, table);
    const bool is_beside = table.parent_path() == request.output_directory;
    provenance.inputs.push_back((is_beside ? table.filename() : table).string());
  }
  std::vector<std::string> order, types, metrics;
  for (const auto& [type, values] : samples) order.push_back(type);
  sort_types(order);
  std::vector<double> contrasts, means, deviations, errors, intervals;
  std::vector<std::int64_t> counts;
  for (const auto& type : order)
    for (const auto& [key, values] : samples.at(type)) {
      const auto summary = sample_mean(values);
      types.push_back(type);
      contrasts.push_back(key.first);
      metrics.emplace_back(columns[key.second]);
      counts.push_back(summary.count);
      means.push_back(summary.mean);
      deviations.push_back(summary.deviation);
      errors.push_back(summary.error);
      intervals.push_back(summary.half_interval);
    }
  write_csv(file,
            {{{"cell_type", std::move(types)},
              {"contrast", std::move(contrasts)},
              {"metric", std::move(metrics)},
              {"networks", std::move(counts)},
              {"mean", std::move(means)},
              {"sd", std::move(deviations)},
              {"sem", std::move(errors)},
              {"ci95", std::move(intervals)}}},
            ',', provenance);
  return {file};
}

}  // namespace striate::metrics
