// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/rate_table.hpp"

#include <algorithm>
#include <map>

#include "core/error.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {

Table summary_by_type(const Cells& cells, const std::vector<double>& values) {
  std::map<std::string, std::vector<double>> by_type;
  for (std::size_t row = 0; row < cells.size(); ++row)
    if (cells.core[row] != 0) by_type[cells.type_of(row)].push_back(values[row]);
  std::vector<std::string> types;
  for (const auto& [type, members] : by_type) types.push_back(type);
  sort_types(types);
  std::vector<std::int64_t> counts, defined, silent;
  std::vector<double> means, medians, deviations;
  for (const auto& type : types) {
    const auto kept = without_nan(by_type[type]);
    counts.push_back(static_cast<std::int64_t>(by_type[type].size()));
    defined.push_back(static_cast<std::int64_t>(kept.size()));
    silent.push_back(std::ranges::count(kept, 0.0));
    means.push_back(mean(kept));
    medians.push_back(median(kept));
    deviations.push_back(deviation(kept, 0));
  }
  return {{{"cell_type", std::move(types)},
           {"cells", std::move(counts)},
           {"defined", std::move(defined)},
           {"mean", std::move(means)},
           {"median", std::move(medians)},
           {"sd", std::move(deviations)},
           {"silent", std::move(silent)}}};
}

std::vector<std::filesystem::path> make_rates(const RatesRequest& request, const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  const auto counts = count_trials(request.runs, cells, {{request.window}, {}}, comm);
  Provenance provenance{.kind = "rates",
                        .inputs = {cells.nodes_file.string()},
                        .options = {{"window", to_text(request.window)},
                                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  for (std::size_t run = 0; run < request.runs.size(); ++run) {
    if (counts.missing[run] != 0)
      throw core::MissingFileError(
          "no spikes.h5 or spikes.csv in {} (rates are counted there) simulate first", request.runs[run]);
    provenance.inputs.push_back(request.runs[run].string());
  }
  std::vector<double> local;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell) {
    double spikes = 0;
    for (std::size_t run = 0; run < counts.trials; ++run) spikes += counts.at(run, 0, cell);
    local.push_back(spikes / (request.window.seconds() * static_cast<double>(counts.trials)));
  }
  auto rates = gather_to_root(std::span<const double>(local), comm);
  const auto cells_file = request.output_directory / fmt::format("rates_{}.csv", request.option),
             types_file = request.output_directory / fmt::format("rates_by_type_{}.csv", request.option);
  if (comm.is_root()) {
    write_csv(types_file, summary_by_type(cells, rates), ',', provenance);
    std::vector<std::string> populations, types;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      populations.push_back(cells.population_of(row));
      types.push_back(cells.type_of(row));
    }
    const Table table{{{"node_id", std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
                       {"pop_name", std::move(populations)},
                       {"cell_type", std::move(types)},
                       {"core", std::vector<std::int64_t>(cells.core.begin(), cells.core.end())},
                       {"rate(Hz)", std::move(rates)}}};
    write_csv(cells_file, table, ' ', provenance);
  }
  return {cells_file, types_file};
}

}  // namespace striate::metrics
