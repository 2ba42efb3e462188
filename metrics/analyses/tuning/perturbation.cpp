// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/perturbation.hpp"

#include <algorithm>
#include <map>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/node_set_file.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

/// Core cells that are summarised together.
struct Group {
  const char* cells;  ///< "all", "targets", "others"
  std::string type;  ///< "All", or a cell type
  std::vector<std::uint32_t> rows;
};

std::vector<Group> groups_of(const Cells& cells, const std::vector<char>& target) {
  std::vector<std::string> types;
  for (const auto row : core_rows(cells))
    if (const auto& type = cells.type_of(row); std::ranges::find(types, type) == types.end())
      types.push_back(type);
  sort_types(types);
  types.insert(types.begin(), "All");
  std::vector<Group> groups;
  for (const char* which : {"all", "targets", "others"})
    for (const auto& type : types) {
      Group group{.cells = which, .type = type, .rows = {}};
      for (const auto row : core_rows(cells)) {
        const bool wanted = group.cells == std::string("all") ||
                            (target[row] != 0) == (group.cells == std::string("targets"));
        if (wanted && (type == "All" || cells.type_of(row) == type)) group.rows.push_back(row);
      }
      if (!group.rows.empty()) groups.push_back(std::move(group));
    }
  return groups;
}

/// Mean, median and standard deviation (divisor n - 1) of some values, as columns.
struct Summaries {
  std::vector<double> means, medians, deviations;
  void add(const std::vector<double>& values) {
    means.push_back(mean(values));
    medians.push_back(median(values));
    deviations.push_back(deviation(values, 1));
  }
  void append_to(Table& table, const std::string& what) && {
    table.columns.push_back({"mean_" + what, std::move(means)});
    table.columns.push_back({"median_" + what, std::move(medians)});
    table.columns.push_back({"std_" + what, std::move(deviations)});
  }
};

/// Which rows of a table belong to which group.
struct GroupColumns {
  std::vector<std::string> cells, types;
  std::vector<std::int64_t> counts;
  void add(const Group& group) {
    cells.emplace_back(group.cells);
    types.push_back(group.type);
    counts.push_back(static_cast<std::int64_t>(group.rows.size()));
  }
  void append_to(Table& table) && {
    table.columns.push_back({"cells", std::move(cells)});
    table.columns.push_back({"cell_type", std::move(types)});
    table.columns.push_back({"n_cells", std::move(counts)});
  }
};

/// [cell row] rates (Hz) in one run, on the root. Collective.
std::vector<double> rates_in(const TrialCounts& counts, std::size_t run, double seconds,
                             const core::Comm& comm) {
  std::vector<double> local;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
    local.push_back(counts.at(run, 0, cell) / seconds);
  return gather_to_root(std::span<const double>(local), comm);
}

/// [cell row] means over the runs, on the root. Collective.
std::vector<double> mean_rates(const TrialCounts& counts, double seconds, const core::Comm& comm) {
  std::vector<double> local;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell) {
    double spikes = 0;
    for (std::size_t run = 0; run < counts.trials; ++run) spikes += counts.at(run, 0, cell);
    local.push_back(spikes / (seconds * static_cast<double>(counts.trials)));
  }
  return gather_to_root(std::span<const double>(local), comm);
}

TrialCounts counts_of(const std::vector<fs::path>& runs, const Cells& cells, Window window,
                      const core::Comm& comm) {
  auto counts = count_trials(runs, cells, {{window}, {}}, comm);
  for (std::size_t run = 0; run < runs.size(); ++run)
    if (counts.missing[run] != 0)
      throw core::MissingFileError(
          "no spikes.h5 or spikes.csv in {} ({} of {} runs are missing, all are needed) simulate first",
          runs[run], counts.missing_count(), runs.size());
  return counts;
}

std::vector<char> targets_of(const PerturbationRequest& request, const Cells& cells) {
  std::vector<char> target(cells.size(), 0);
  if (!request.targets) return target;
  const auto file = request.base / *request.targets;
  std::size_t outside = 0;
  for (const auto id : read_targets(file)) {
    const auto row = cells.require_row(id, [&] { return file.string(); });
    target[row] = 1;
    outside += cells.core[row] == 0 ? 1u : 0u;
  }
  if (outside > 0)
    core::log::info("{} of the cells of {} lie outside of the core and are left out", outside, file);
  return target;
}

Table cell_table(const Cells& cells, const std::vector<char>& target, const std::vector<double>& before,
                 const std::vector<double>& after) {
  std::vector<std::int64_t> ids, targets;
  std::vector<std::string> populations, types;
  std::vector<double> baseline, rate, delta;
  for (const auto row : core_rows(cells)) {
    ids.push_back(static_cast<std::int64_t>(cells.node_id[row]));
    populations.push_back(cells.population_of(row));
    types.push_back(cells.type_of(row));
    targets.push_back(target[row]);
    baseline.push_back(before[row]);
    rate.push_back(after[row]);
    delta.push_back(after[row] - before[row]);
  }
  return {{{"node_id", std::move(ids)},
           {"pop_name", std::move(populations)},
           {"cell_type", std::move(types)},
           {"target", std::move(targets)},
           {"baseline_rate(Hz)", std::move(baseline)},
           {"rate(Hz)", std::move(rate)},
           {"delta(Hz)", std::move(delta)}}};
}

std::vector<double> of_rows(const std::vector<double>& values, const std::vector<std::uint32_t>& rows) {
  std::vector<double> own;
  for (const auto row : rows) own.push_back(values[row]);
  return own;
}

}  // namespace

std::vector<fs::path> make_perturbation(const PerturbationRequest& request, const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  const auto target = targets_of(request, cells);
  const double seconds = request.window.seconds();
  const auto counts = counts_of(request.runs, cells, request.window, comm);
  const auto before =
                 mean_rates(counts_of(request.baseline_runs, cells, request.window, comm), seconds, comm),
             after = mean_rates(counts, seconds, comm);
  const auto groups = groups_of(cells, target);

  std::vector<std::string> runs;
  GroupColumns run_groups, type_groups;
  Summaries by_run, pooled, baselines, deltas;
  std::vector<std::vector<double>> samples(groups.size());  // [group] rates of its cells in all runs
  for (std::size_t run = 0; run < request.runs.size(); ++run) {
    const auto rates = rates_in(counts, run, seconds, comm);
    if (!comm.is_root()) continue;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto own = of_rows(rates, groups[g].rows);
      runs.push_back(request.runs[run].filename().string());
      run_groups.add(groups[g]);
      by_run.add(own);
      samples[g].insert(samples[g].end(), own.begin(), own.end());
    }
  }
  std::vector<fs::path> files;
  for (const char* pattern : perturbation_files)
    files.push_back(table_file(pattern, request.output_directory, request.option));
  if (!comm.is_root()) return files;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto old_rates = of_rows(before, groups[g].rows), new_rates = of_rows(after, groups[g].rows);
    std::vector<double> differences;
    for (std::size_t i = 0; i < old_rates.size(); ++i) differences.push_back(new_rates[i] - old_rates[i]);
    type_groups.add(groups[g]);
    pooled.add(samples[g]);
    baselines.add(old_rates);
    deltas.add(differences);
  }
  Table run_table{{{"run_id", std::move(runs)}}}, type_table;
  std::move(run_groups).append_to(run_table);
  std::move(by_run).append_to(run_table, "rate_hz");
  std::move(type_groups).append_to(type_table);
  type_table.columns.push_back(
      {"n_runs", std::vector<std::int64_t>(groups.size(), static_cast<std::int64_t>(request.runs.size()))});
  std::move(pooled).append_to(type_table, "rate_hz");
  std::move(baselines).append_to(type_table, "baseline_hz");
  std::move(deltas).append_to(type_table, "delta_hz");
  Provenance provenance{.kind = "perturbation",
                        .inputs = {cells.nodes_file.string()},
                        .options = {{"window", to_text(request.window)},
                                    {"targets", request.targets ? request.targets->string() : "none"},
                                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  for (const auto& list : {request.runs, request.baseline_runs})
    for (const auto& run : list) provenance.inputs.push_back(run.string());
  write_csv(files[0], cell_table(cells, target, before, after), ',', provenance);
  write_csv(files[1], run_table, ',', provenance);
  write_csv(files[2], type_table, ',', provenance);
  return files;
}

namespace {

/// The paradigm's window of the name before a shipped one's; trials must not end before it does.
Window window_of(const core::Call& call, const io::Paradigm& paradigm) {
  const auto& values = call.values;
  const auto* own = values.given("from") ? nullptr : paradigm.window(values.text("window"));
  const auto window = own != nullptr ? *own : rate_window(values);
  if (values.given("run")) return window;
  if (!values.given("from") && !values.given("window"))
    require_served(several_conditions(paradigm), paradigm, call.kind->name);
  if (window.end_ms > paradigm.duration_ms)
    throw core::UsageError("no rates in {} (trials of {} end at {} ms) give --from and --to", to_text(window),
                           paradigm.name, paradigm.duration_ms);
  return window;
}

}  // namespace

std::vector<fs::path> run_perturbation(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto targets = node_set_or_none(values, "cells with and without the current are told apart");
  const auto paradigm = paradigm_of(call);
  const auto usual = run_directories(paradigm, call.base(), call.option());
  auto runs = paths(values, "run"), baseline_runs = paths(values, "baseline-run");
  if (runs.empty()) {
    runs = usual;
    baseline_runs = run_directories(paradigm, call.base(), values.text("baseline"));
  }
  return make_perturbation({.base = call.base(),
                            .option = result_name(call, usual),
                            .output_directory = output_directory(call, paradigm, gratings),
                            .runs = std::move(runs),
                            .baseline_runs = std::move(baseline_runs),
                            .targets = targets,
                            .window = window_of(call, paradigm),
                            .core = core_rule(values)},
                           world);
}

}  // namespace striate::metrics
