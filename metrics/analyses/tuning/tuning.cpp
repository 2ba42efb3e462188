// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/tuning.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "io/hdf5/h5_texts.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/options/trial_design.hpp"
#include "metrics/pooling/networks.hpp"
#include "metrics/recorded/recorded_properties.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

/// Of a rank's cells, the mean responses of one after another.
std::vector<double> condition_means(const ConditionResponses& responses, std::size_t local) {
  std::vector<double> means;
  for (std::size_t c = 0; c < responses.conditions(); ++c) means.push_back(responses.mean(local, c));
  return means;
}

bool has_cycles(const ShownConditions& shown) {
  return std::ranges::any_of(shown.conditions,
                             [](const auto& each) { return each.frequency_hz.has_value(); });
}

void warn_of_missing(const ShownConditions& shown, const ConditionResponses& responses) {
  if (const auto missing = responses.missing_count(); missing > 0) {
    const auto first =
        static_cast<std::size_t>(std::ranges::find(responses.missing, 1) - responses.missing.begin());
    core::log::warning("{} of {} runs have no spikes and are left out, such as {}", missing,
                       shown.runs.size(), shown.runs[first]);
  }
  std::vector<std::string> without;
  for (std::size_t c = 0; c < shown.conditions.size(); ++c)
    if (responses.trials[c] == 0) without.push_back(shown.text(c));
  if (without.empty()) return;
  const auto count = without.size();
  constexpr std::size_t most_named = 3;
  without.resize(std::min(count, most_named));
  core::log::warning("{} of {} conditions have no trial, and what needs them is NaN: {}{}", count,
                     shown.conditions.size(), fmt::join(without, "; "), count > most_named ? "; …" : "");
}

void warn_of_design(const ShownConditions& shown, const CellTuning& tuning, const io::Paradigm& paradigm) {
  if (const auto gap = first_gap(shown); !gap.empty())
    core::log::warning(
        "not all combinations of the values in {} were shown ({} was not): what cells prefer of one variable "
        "depends on which values of the others went with it",
        paradigm.name, gap);
  if (!tuning.untold().empty())
    core::log::warning("the angles of {} are not spread evenly over the circle: {} are NaN", paradigm.name,
                       fmt::join(tuning.untold(), ", "));
}

/// [cell * conditions + condition] of everybody on the root.
template <class Value>
std::vector<double> gathered(const ConditionResponses& responses, const core::Comm& comm,
                             const Value& value) {
  std::vector<double> local;
  for (std::size_t cell = 0; cell < responses.cells.count(); ++cell)
    for (std::size_t c = 0; c < responses.conditions(); ++c) local.push_back(value(cell, c));
  return gather_to_root(std::span<const double>(local), comm);
}

void write_arrays(const fs::path& path, const ShownConditions& shown, const ConditionResponses& responses,
                  const Cells& cells, const Provenance& provenance, const core::Comm& comm) {
  const auto means = gathered(responses, comm, [&](auto cell, auto c) { return responses.mean(cell, c); });
  const auto deviations =
      gathered(responses, comm, [&](auto cell, auto c) { return responses.deviation(cell, c); });
  if (!comm.is_root()) return;
  auto file = create_array_file(path, provenance);
  const std::uint64_t shape[] = {cells.size(), shown.conditions.size()};
  for (const auto& [name, values] : {std::pair("/mean", &means), std::pair("/sd", &deviations)}) {
    io::h5::create_dataset<double>(file, name, shape);
    io::h5::write_rows<double>(file, name, 0, *values);
  }
  io::h5::write<std::uint64_t>(file, "/trials", responses.trials);
  io::h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
  std::vector<std::int64_t> blank;
  for (const auto& condition : shown.conditions) blank.push_back(condition.blank ? 1 : 0);
  io::h5::write<std::int64_t>(file, "/blank", blank);
  io::h5::create_group(file, "/conditions");
  for (std::size_t v = 0; v < shown.variables.size(); ++v) {
    std::vector<double> numbers;
    std::vector<std::string> texts;
    for (const auto& condition : shown.conditions) {
      texts.push_back(condition.values[v]);
      if (const auto number = core::parse_number<double>(texts.back())) numbers.push_back(*number);
    }
    const auto name = "/conditions/" + shown.variables[v];
    if (numbers.size() == texts.size())
      io::h5::write<double>(file, name, numbers);
    else
      io::h5::write_texts(file, name, texts);
  }
  io::h5::write_text_list_attribute(file, "/conditions", "variables", shown.variables);
  finish_array_file(file, path);
}

ValuesOfTypes tuning_by_type(const Cells& cells, const TuningValues& values) {
  ValuesOfTypes result;
  for (std::size_t column = 0; column < values.names.size(); ++column)
    for (std::size_t row = 0; row < cells.size(); ++row)
      result[cells.type_of(row)][values.names[column]].push_back(values.columns[column][row]);
  return result;
}

/// The cells of a table that tuning_cell_table() made, added to those of others.
void add_cells(ValuesOfTypes& values, const io::DelimitedTable& table,
               const std::vector<std::string>& columns) {
  const auto type = table.column("cell_type");
  for (const auto& name : columns) {
    const auto column = table.column(name);
    for (const auto& row : table.rows)
      values[row.cells[type]][name].push_back(number_or_nan(table, row, column));
  }
}

/// The names of the columns of numbers, in order.
std::vector<std::string> value_columns(const io::DelimitedTable& table) {
  std::vector<std::string> names;
  for (const auto& name : table.columns)
    if (name != "node_id" && name != "cell_type" && name != "preferred_condition") names.push_back(name);
  return names;
}

/// The table of types over BASE, whose cells' table has just been written, and further networks.
fs::path pool_networks(const NetworkPaths& networks, const TuningRequest& request, const core::Comm& comm) {
  const auto& paradigm = request.paradigm;
  const auto output =
      tuning_file(0, request.output_directory, paradigm.name, pooled_name(request.option, networks.size()));
  if (!comm.is_root()) return output;
  Provenance provenance{.kind = "tuning", .inputs = {}, .options = {}};
  describe_networks(provenance, networks);
  MadeAlike alike;
  ValuesOfTypes values;
  std::vector<std::string> columns;
  for (const auto& network : networks) {
    const auto tables =
        &network == &networks.front() ? request.output_directory : network / paradigm.tables_folder("");
    const auto file = tuning_file(1, tables, paradigm.name, request.option);
    const auto table =
        io::read_delimited_table(file, ',',
                                 fmt::format("made by 'striate metrics tuning {} {} {}'",
                                             io::paradigm_argument(paradigm), network, request.option));
    alike.add(file, network);
    if (columns.empty()) columns = value_columns(table);
    add_cells(values, table, columns);
    provenance.inputs.push_back(file.string());
  }
  write_csv(output, tuning_type_table(values, columns, paradigm.name, shipped_properties()), ',', provenance);
  return output;
}

}  // namespace

fs::path tuning_file(std::size_t which, const fs::path& tables, const std::string& paradigm,
                     const std::string& option) {
  std::string pattern = tuning_files.items[which];
  core::replace_all(pattern, "{paradigm}", paradigm);
  return table_file(pattern.c_str(), tables, option);
}

TuningValues tuning_values(const ShownConditions& shown, const ConditionResponses& responses,
                           const CellTuning& tuning, std::size_t cells, const SpikeSource& spikes,
                           const core::Comm& comm) {
  const auto local = responses.cells.count();
  std::vector<std::optional<std::size_t>> preferred;
  std::vector<std::vector<double>> rows;
  for (std::size_t cell = 0; cell < local; ++cell) {
    const auto means = condition_means(responses, cell);
    preferred.push_back(tuning.preferred(means));
    rows.push_back(tuning.values(means, preferred.back() ? responses.fano(cell, *preferred.back()) : nan));
  }
  TuningValues values{.names = tuning.columns(), .columns = {}, .preferred = {}};
  if (has_cycles(shown)) {
    const auto cycles = cycle_responses(shown, cells, spikes, preferred, comm);
    for (std::size_t cell = 0; cell < local; ++cell)
      rows[cell].insert(rows[cell].end(),
                        {cycles[cell].f1_f0, cycles[cell].f1_f0_pooled, cycles[cell].modulation_index});
    for (const char* name : {"f1_f0", "f1_f0_pooled", "modulation_index"}) values.names.emplace_back(name);
  }
  std::vector<double> column(local);
  const auto gather = [&] { return gather_to_root(std::span<const double>(column), comm); };
  for (std::size_t k = 0; k < values.names.size(); ++k) {
    for (std::size_t cell = 0; cell < local; ++cell) column[cell] = rows[cell][k];
    values.columns.push_back(gather());
  }
  for (std::size_t cell = 0; cell < local; ++cell)
    column[cell] = preferred[cell] ? static_cast<double>(*preferred[cell]) : nan;
  for (const double place : gather())
    values.preferred.push_back(std::isnan(place) ? "NaN" : fmt::format("{:.0f}", place));
  return values;
}

Table tuning_cell_table(const Cells& cells, const TuningValues& values, const char* id_name) {
  std::vector<std::string> types;
  for (std::size_t row = 0; row < cells.size(); ++row) types.push_back(cells.type_of(row));
  Table table{{{id_name, std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
               {"cell_type", std::move(types)}}};
  constexpr std::size_t rates = 3;  // mean, largest, of blanks
  for (std::size_t k = 0; k < values.names.size(); ++k) {
    if (k == rates) table.columns.push_back({"preferred_condition", values.preferred});
    table.columns.push_back({values.names[k], values.columns[k]});
  }
  return table;
}

Table tuning_type_table(const ValuesOfTypes& values, const std::vector<std::string>& columns,
                        const std::string& paradigm, const fs::path& recorded) {
  const auto properties = read_recorded_properties(recorded);
  std::vector<std::string> types, names, of_recordings;
  std::vector<std::int64_t> cells, defined, recorded_n;
  std::vector<double> medians, means, errors, recorded_median;
  for (const auto& type : sorted_types(values))
    for (const auto& name : columns) {
      const auto& all = values.at(type).at(name);
      const auto kept = without_nan(all);
      types.push_back(type);
      names.push_back(name);
      cells.push_back(static_cast<std::int64_t>(all.size()));
      defined.push_back(static_cast<std::int64_t>(kept.size()));
      medians.push_back(median(kept));
      means.push_back(mean(kept));
      errors.push_back(standard_error(kept));
      const auto property = recorded_counterpart(paradigm, name);
      const auto* found = property ? find_recorded(properties, type, *property) : nullptr;
      of_recordings.push_back(found != nullptr ? *property : "");
      recorded_median.push_back(found != nullptr ? found->median : nan);
      recorded_n.push_back(found != nullptr ? found->units : 0);
    }
  return {{{"cell_type", std::move(types)},
           {"property", std::move(names)},
           {"n_cells", std::move(cells)},
           {"n", std::move(defined)},
           {"median", std::move(medians)},
           {"mean", std::move(means)},
           {"sem", std::move(errors)},
           {"recorded", std::move(of_recordings)},
           {"recorded_median", std::move(recorded_median)},
           {"recorded_n", std::move(recorded_n)}}};
}

std::string tuning_refusal(const io::Paradigm& paradigm) {
  return conditions_refusal(paradigm);
}

std::vector<fs::path> make_tuning(const TuningRequest& request, const core::Comm& comm) {
  const auto& paradigm = request.paradigm;
  require_served(tuning_refusal(paradigm), paradigm, "tuning");
  const auto all = read_cells(request.base, request.core.value_or(CoreRule{}));
  const auto cells = request.core ? core_cells(all) : all;
  const auto shown = shown_conditions(paradigm, request.base, request.option, request.times);
  const CellTuning tuning(shown);
  if (comm.is_root()) warn_of_design(shown, tuning, paradigm);
  const auto spikes = spikes_of_runs(shown, cells, comm);
  const auto responses = condition_responses(shown, cells.size(), spikes, comm);
  const auto present = shown.runs.size() - responses.missing_count();
  if (present == 0)
    throw core::MissingFileError("no spikes of any trial of {} ({}/spikes.h5 … are needed) simulate first",
                                 paradigm.name, shown.runs.front());
  if (comm.is_root()) warn_of_missing(shown, responses);
  const auto values = tuning_values(shown, responses, tuning, cells.size(), spikes, comm);
  const Provenance provenance{
      .kind = "tuning",
      .inputs = {cells.nodes_file.string(),
                 fmt::format("{} ({} of {} runs)", all_spike_files(paradigm, request.base, request.option),
                             present, shown.runs.size())},
      .options = {
          {"paradigm", paradigm.name},
          {"runs", fmt::format("{} of {}", present, shown.runs.size())},
          {"window", to_text(shown.presentations.front().window)},
          {"cells", request.core ? fmt::format("core radius (um) {}", request.core->radius_um) : "all"}}};
  const auto named = [&](std::size_t k) {
    return tuning_file(k, request.output_directory, paradigm.name, request.option);
  };
  const std::vector<fs::path> files{named(0), named(1), named(2)};
  write_arrays(files[2], shown, responses, cells, provenance, comm);
  if (!comm.is_root()) return files;
  write_csv(files[1], tuning_cell_table(cells, values), ',', provenance);
  write_csv(
      files[0],
      tuning_type_table(tuning_by_type(cells, values), values.names, paradigm.name, shipped_properties()),
      ',', provenance);
  return files;
}

std::vector<fs::path> run_tuning(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto paradigm = paradigm_named(call.argument("PARADIGM"), call.base());
  const auto networks = all_networks(call);
  const TuningRequest request{
      .base = call.base(),
      .option = call.option(),
      .output_directory = output_directory(call, paradigm, ""),
      .paradigm = paradigm,
      .times = {.from_ms = values.number_if("from"), .to_ms = values.number_if("to")},
      .core = values.is("cells", "core") ? std::optional(core_rule(values)) : std::nullopt};
  auto files = make_tuning(request, world);
  if (networks.size() > 1) files.push_back(pool_networks(networks, request, world));
  return files;
}

}  // namespace striate::metrics
