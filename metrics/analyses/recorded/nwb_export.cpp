// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/recorded/nwb_export.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "io/nwb/nwb_file.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/analyses/conditions/shown_conditions.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/options/trial_design.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

struct RecordedRun {
  std::size_t run = 0;  ///< of the paradigm
  double start_s = 0;
};

/// The runs that are there, one after the other.
std::vector<RecordedRun> recorded_runs(const ShownConditions& shown, double duration_s) {
  std::vector<RecordedRun> runs;
  for (std::size_t run = 0; run < shown.runs.size(); ++run)
    if (spike_file_in(shown.runs[run]))
      runs.push_back({run, static_cast<double>(runs.size()) * (duration_s + between_runs_s)});
  return runs;
}

/// [cell] s, rising.
std::vector<std::vector<double>> spikes_of(const ShownConditions& shown, const std::vector<RecordedRun>& runs,
                                           const Cells& cells) {
  std::vector<std::vector<double>> spikes(cells.size());
  for (const auto& [run, start_s] : runs)
    visit_v1_spikes(*spike_file_in(shown.runs[run]), cells,
                    [&, start = start_s](const io::SpikeTrains& trains, std::span<const std::uint32_t> rows) {
                      for (std::size_t i = 0; i < rows.size(); ++i)
                        spikes[rows[i]].push_back(start + trains.time_ms[i] / 1000);
                    });
  for (auto& own : spikes) std::ranges::sort(own);
  return spikes;
}

io::NwbTable units_table(const Cells& cells, const std::vector<std::vector<double>>& spikes) {
  std::vector<double> times;
  std::vector<std::uint64_t> ends;
  std::vector<std::string> types, populations;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    times.insert(times.end(), spikes[row].begin(), spikes[row].end());
    ends.push_back(times.size());
    types.push_back(cells.type_of(row));
    populations.push_back(cells.population_of(row));
  }
  const std::vector<std::int64_t> ids(cells.node_id.begin(), cells.node_id.end());
  return {
      .path = "/units",
      .type = io::NwbTableType::units,
      .description = "neurons of a model of mouse V1",
      .ids = ids,
      .columns = {{"spike_times", "s, of all runs one after the other", std::move(times), std::move(ends)},
                  {"node_id", "of the network", ids},
                  {"cell_type", "layer and class", std::move(types)},
                  {"pop_name", "population of the model", std::move(populations)},
                  {"x", "um, tangential", cells.x},
                  {"z", "um, tangential", cells.z}}};
}

io::NwbTable runs_table(const ShownConditions& shown, const std::vector<RecordedRun>& runs,
                        double duration_s) {
  std::vector<double> start, stop;
  std::vector<std::int64_t> ids;
  std::vector<std::string> names;
  for (const auto& [run, start_s] : runs) {
    ids.push_back(static_cast<std::int64_t>(ids.size()));
    start.push_back(start_s);
    stop.push_back(start_s + duration_s);
    names.push_back(shown.runs[run].filename());
  }
  return {.path = "/intervals/runs",
          .description = "simulations, each from rest",
          .ids = std::move(ids),
          .columns = {{"start_time", "s", std::move(start)},
                      {"stop_time", "s", std::move(stop)},
                      {"run", "folder of its results", std::move(names)}}};
}

/// A variable of the conditions: numbers, where all but blanks have one, else texts.
io::NwbColumn variable_column(const ShownConditions& shown, std::size_t v,
                              const std::vector<std::size_t>& conditions) {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  bool all = true;
  for (const auto c : conditions) {
    const auto& text = shown.conditions[c].values[v];
    const auto number = core::parse_number<double>(text);
    all = all && (number || text.empty());
    numbers.push_back(number.value_or(core::nan));
    texts.push_back(text);
  }
  io::NwbColumn column{shown.variables[v], "variable of the paradigm", std::move(texts)};
  if (all) column.values = std::move(numbers);
  return column;
}

io::NwbTable presentations_table(const ShownConditions& shown, const std::vector<RecordedRun>& runs,
                                 const std::string& paradigm) {
  std::vector<double> start, stop;
  std::vector<std::int64_t> ids, of_run, blank;
  std::vector<std::size_t> conditions;
  for (std::size_t k = 0; k < runs.size(); ++k)
    for (const auto& presentation : shown.presentations) {
      if (presentation.run != runs[k].run) continue;
      ids.push_back(static_cast<std::int64_t>(ids.size()));
      start.push_back(runs[k].start_s + presentation.window.begin_ms / 1000);
      stop.push_back(runs[k].start_s + presentation.window.end_ms / 1000);
      of_run.push_back(static_cast<std::int64_t>(k));
      blank.push_back(shown.conditions[presentation.condition].blank ? 1 : 0);
      conditions.push_back(presentation.condition);
    }
  io::NwbTable table{.path = "/intervals/" + paradigm + "_presentations",
                     .description = "what was shown when: times in which spikes are responses",
                     .ids = std::move(ids),
                     .columns = {{"start_time", "s", std::move(start)},
                                 {"stop_time", "s", std::move(stop)},
                                 {"run", "row of /intervals/runs", std::move(of_run)},
                                 {"blank", "1: a grey screen", std::move(blank)}}};
  for (std::size_t v = 0; v < shown.variables.size(); ++v)
    table.columns.push_back(variable_column(shown, v, conditions));
  return table;
}

std::vector<fs::path> run_nwb(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto file = path_if(values, "output");
  if (!file) throw core::UsageError("missing -o FILE.nwb (nothing else says where the file goes)");
  require_own_output(call, *file);
  return export_nwb({.base = call.base(),
                     .option = call.option(),
                     .file = *file,
                     .paradigm = paradigm_named(call.argument("PARADIGM"), call.base()),
                     .core = values.is("cells", "core") ? std::optional(core_rule(values)) : std::nullopt},
                    world);
}

}  // namespace

std::vector<fs::path> export_nwb(const NwbExportRequest& request, const core::Comm& comm) {
  const auto& paradigm = request.paradigm;
  require_served(conditions_refusal(paradigm), paradigm, "nwb");
  if (!comm.is_root()) return {request.file};
  const auto all = read_cells(request.base, request.core.value_or(CoreRule{}));
  const auto cells = request.core ? core_cells(all) : all;
  const auto shown = shown_conditions(paradigm, request.base, request.option);
  const double duration_s = paradigm.duration_ms / 1000;
  const auto runs = recorded_runs(shown, duration_s);
  if (runs.empty())
    throw core::MissingFileError("no spikes of any trial of {} ({}/spikes.h5 … are needed) simulate first",
                                 paradigm.name, shown.runs.front());
  if (runs.size() < shown.runs.size())
    core::log::warning("{} of {} runs of {} have no spikes and are left out", shown.runs.size() - runs.size(),
                       shown.runs.size(), paradigm.name);
  const auto identifier =
      fmt::format("{} {} {} {}", network_name(request.base), cells.network, request.option, paradigm.name);
  io::make_folder(fs::absolute(request.file).parent_path());
  io::remove_dead(request.file);
  auto file = io::create_nwb(
      io::incomplete_name(request.file), identifier,
      fmt::format("simulated: {} {}, {}", network_name(request.base), request.option, paradigm.description));
  io::write_nwb_table(file, identifier, units_table(cells, spikes_of(shown, runs, cells)));
  io::write_nwb_table(file, identifier, runs_table(shown, runs, duration_s));
  io::write_nwb_table(file, identifier, presentations_table(shown, runs, paradigm.name));
  file.close();
  io::publish(request.file);
  return {request.file};
}

std::span<const core::Kind> export_kinds() {
  static constexpr core::Option nwb_options[] = {
      {.name = "output", .value = "FILE", .help = "the file; required", .letter = 'o'},
      {.name = "cells",
       .type = core::Option::Type::word,
       .value = "core|all",
       .help = "which cells: those within --core-radius of the axis, or all"},
      options::needing(options::core_radius, "cells=core"),
      options::needing(options::core_edge, "cells=core")};
  static constexpr core::Kind kinds[] = {
      {.name = "nwb",
       .arguments = "PARADIGM|FILE.yaml BASE OPT",
       .help = "a paradigm's runs as a recorded session (NWB 2)",
       .details = "Writes the spikes of a paradigm's runs as a recording: cells as units, runs one after the "
                  "other,\n"
                  "and what was shown when (NWB 2, for pynwb and other readers of recordings).",
       .options = nwb_options,
       .run = run_nwb}};
  return kinds;
}

}  // namespace striate::metrics
