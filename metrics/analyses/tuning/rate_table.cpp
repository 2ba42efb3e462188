// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/rate_table.hpp"

#include <algorithm>
#include <map>

#include "core/errors/error.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {

Table summary_by_type(const Cells& cells, const std::vector<double>& values) {
  std::map<std::string, std::vector<double>> by_type;
  for (std::size_t row = 0; row < cells.size(); ++row)
    if (cells.core[row] != 0) by_type[cells.type_of(row)].push_back(values[row]);
  const auto types = sorted_types(by_type);
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
  const auto cells_file = table_file(rates_files.items[0], request.output_directory, request.option),
             types_file = table_file(rates_files.items[1], request.output_directory, request.option);
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

Window rate_window(const core::OptionValues& values) {
  if (!values.given("from")) {
    const auto window = window_named(values.text("window"));
    if (window == whole_file)
      throw core::UsageError("invalid --window whole (a rate needs a duration) give --from and --to");
    return window;
  }
  const Window window{.begin_ms = values.number("from"), .end_ms = values.number("to")};
  if (!(window.begin_ms < window.end_ms))
    throw core::UsageError("invalid --from {} --to {} (ms, must be from before to)", window.begin_ms,
                           window.end_ms);
  return window;
}

std::vector<std::filesystem::path> run_rates(const core::Call& call, const core::Comm& world) {
  const std::vector<std::filesystem::path> usual{call.base() / ("output_" + call.option())};
  auto runs = paths(call.values, "run");
  if (runs.empty()) runs = usual;
  const auto networks = all_networks(call);
  const SampledTable samples{.kind = "rates",
                             .each = rates_files.items[1],
                             .means = "{tables}/rates_networks_{option}.csv",
                             .keys = {"cell_type"},
                             .number_keys = {},
                             .values = {"mean", "median"}};
  const auto output = output_directory(call);
  const auto name = result_name(call, usual);
  const auto tables = sampled_files(samples, networks, "metrics", output, name);
  auto files = make_rates({.base = call.base(),
                           .option = name,
                           .output_directory = output,
                           .runs = std::move(runs),
                           .window = rate_window(call.values),
                           .core = core_rule(call.values)},
                          world);
  for (const auto& file : make_network_means(samples, networks, tables, output, name, world))
    files.push_back(file);
  return files;
}

}  // namespace striate::metrics
