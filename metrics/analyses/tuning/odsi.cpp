// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/odsi.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/values/nan.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr double degrees_per_radian = 180 / std::numbers::pi;
enum Bin { evoked, spontaneous };

/// The direction of the largest rate; the first NaN counts as largest.
std::size_t strongest(std::span<const double> rates) {
  std::size_t best = 0;
  for (std::size_t k = 0; k < rates.size(); ++k) {
    if (std::isnan(rates[k])) return k;
    if (rates[k] > rates[best]) best = k;
  }
  return best;
}

double wrapped(double degrees, double period) {
  const double rest = std::fmod(degrees, period);
  const double positive = rest < 0 ? rest + period : rest;
  return positive >= period ? 0 : positive;  // a tiny negative rest rounds up to the period
}

/// Column c of everybody's rows, on the root.
struct CellColumns {
  std::vector<std::vector<double>> local;
  explicit CellColumns(std::size_t columns) : local(columns) {}
  std::vector<double> gather(std::size_t column, const core::Comm& comm) const {
    return gather_to_root(std::span<const double>(local[column]), comm);
  }
};

std::vector<std::int64_t> ids_of(const Cells& cells) {
  return {cells.node_id.begin(), cells.node_id.end()};
}

void append(std::vector<double>& to, const std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// Whole degrees as such, as in the reference's tables.
TableColumn angle_column(std::vector<double> angles) {
  if (std::ranges::all_of(angles, [](double angle) { return angle == std::floor(angle); }))
    return {"DG_angle", std::vector<std::int64_t>(angles.begin(), angles.end())};
  return {"DG_angle", std::move(angles)};
}

/// Rates_DF: blocks by angle. On the root.
Table rate_table(const std::vector<CellRates>& rates, const Directions& directions, const Cells& cells,
                 const core::Comm& comm) {
  std::vector<std::int64_t> ids;
  std::vector<double> angles;
  std::vector<double> means, deviations, spontaneous_rates;
  const auto gathered = [&](auto&& value) {
    std::vector<double> local;
    for (const CellRates& cell : rates) local.push_back(value(cell));
    return gather_to_root(std::span<const double>(local), comm);
  };
  for (std::size_t k = 0; k < directions.size(); ++k) {
    append(means, gathered([&](const CellRates& cell) { return cell.mean[k]; }));
    append(deviations, gathered([&](const CellRates& cell) { return cell.deviation[k]; }));
    append(spontaneous_rates, gathered([&](const CellRates& cell) { return cell.spontaneous[k]; }));
    if (!comm.is_root()) continue;
    angles.insert(angles.end(), cells.size(), directions.degrees[k]);
    const auto all = ids_of(cells);
    ids.insert(ids.end(), all.begin(), all.end());
  }
  return {{angle_column(std::move(angles)),
           {"node_id", std::move(ids)},
           {"Ave_Rate(Hz)", std::move(means)},
           {"SD_rate(Hz)", std::move(deviations)},
           {"Spont_rate(Hz)", std::move(spontaneous_rates)}}};
}

/// OSI_DSI_DF. On the root.
Table tuning_table(const std::vector<CellRates>& rates, const Directions& directions, const Cells& cells,
                   SilentCells silent, const core::Comm& comm) {
  CellColumns columns(8);
  for (const CellRates& cell : rates) {
    const Tuning tuning = tuning_of(cell.mean, directions, silent);
    const double row[] = {tuning.dsi,
                          tuning.osi,
                          tuning.preferred_angle,
                          tuning.preferred_direction,
                          tuning.preferred_orientation,
                          tuning.max_rate,
                          tuning.mean_rate,
                          mean(cell.spontaneous)};
    for (std::size_t c = 0; c < columns.local.size(); ++c) columns.local[c].push_back(row[c]);
  }
  constexpr const char* names[] = {"DSI",          "OSI",           "preferred_angle",
                                   "pref_dir_deg", "pref_ori_deg",  "max_mean_rate(Hz)",
                                   "Ave_Rate(Hz)", "Spont_Rate(Hz)"};
  Table table;
  table.columns.push_back({"node_id", ids_of(cells)});
  for (std::size_t c = 0; c < columns.local.size(); ++c)
    table.columns.push_back({names[c], columns.gather(c, comm)});
  return table;
}

void warn_of_missing(const std::vector<std::filesystem::path>& runs, const TrialCounts& counts,
                     std::size_t missing) {
  constexpr std::size_t most_named = 4;
  std::string names;
  for (std::size_t trial = 0, named = 0; trial < runs.size() && named <= most_named; ++trial) {
    if (counts.missing[trial] == 0) continue;
    names += (named == 0 ? "" : ", ") + (named < most_named ? runs[trial].filename().string() : "…");
    ++named;
  }
  core::log::warning("{} of {} trials in {} have no spikes and are left out: {}", missing, runs.size(),
                     runs.front().parent_path(), names);
}

}  // namespace

Tuning tuning_of(std::span<const double> rates, const Directions& directions, SilentCells silent) {
  std::complex<double> direction_sum, orientation_sum;
  double sum = 0;
  for (std::size_t k = 0; k < rates.size(); ++k) {
    direction_sum += rates[k] * unit_vector(directions.degrees[k]);
    orientation_sum += rates[k] * unit_vector(2 * directions.degrees[k]);
    sum += rates[k];
  }
  const std::size_t best = strongest(rates);
  Tuning tuning{.preferred_angle = directions.degrees[best],
                .max_rate = rates[best],
                .mean_rate = sum / static_cast<double>(rates.size())};
  if (sum == 0) {
    const double undefined = silent == SilentCells::nan ? nan : 0;
    tuning.dsi = tuning.osi = tuning.preferred_angle = undefined;
    tuning.preferred_direction = tuning.preferred_orientation = undefined;
  } else {
    tuning.dsi = std::abs(direction_sum) / sum;
    tuning.osi = std::abs(orientation_sum) / sum;
    const double orientation = std::arg(orientation_sum) / 2;
    const double along = std::real(direction_sum * std::polar(1.0, -orientation));
    const double degrees = orientation * degrees_per_radian;
    tuning.preferred_direction = std::isnan(sum) ? nan : wrapped(along >= 0 ? degrees : degrees + 180, 360);
    tuning.preferred_orientation = std::isnan(sum) ? nan : wrapped(degrees, 180);
  }
  if (!directions.tell_direction) tuning.dsi = tuning.preferred_direction = nan;
  if (!directions.tell_orientation)
    tuning.osi = tuning.preferred_direction = tuning.preferred_orientation = nan;
  return tuning;
}

CellRates rates_of(const TrialCounts& counts, const std::vector<std::vector<std::size_t>>& trials,
                   const TuningWindows& windows, std::size_t cell) {
  CellRates rates;
  for (const auto& of_direction : trials) {
    std::vector<double> responses, grey;
    for (const std::size_t trial : of_direction) {
      if (counts.missing[trial] != 0) continue;
      responses.push_back(counts.at(trial, evoked, cell) / windows.evoked.seconds());
      grey.push_back(counts.at(trial, spontaneous, cell) / windows.spontaneous.seconds());
    }
    rates.mean.push_back(mean(responses));
    rates.deviation.push_back(deviation(responses, 0));
    rates.spontaneous.push_back(mean(grey));
  }
  return rates;
}

std::string odsi_refusal(const io::Paradigm& paradigm) {
  if (auto why = first_of({several_conditions(paradigm), missing_variable(paradigm, "angle"),
                           missing_window(paradigm, "evoked"), missing_window(paradigm, "spontaneous"),
                           unequal_directions(paradigm)});
      !why.empty())
    return why;
  const auto directions = directions_with(levels_of(paradigm, "angle").values);
  if (directions.tell_direction || directions.tell_orientation) return {};
  return "with its angles a cell that responds to all alike would seem tuned: angles must be spread evenly "
         "over "
         "the circle";
}

std::vector<std::filesystem::path> make_odsi(const OdsiRequest& request, const core::Comm& comm) {
  const auto& paradigm = request.paradigm;
  require_served(odsi_refusal(paradigm), paradigm, "odsi");
  require_one_condition(paradigm, request.base, "odsi");
  const auto cells = read_cells(request.base, {});
  const auto runs = run_directories(paradigm, request.base, request.option);
  const auto levels = levels_of(paradigm, "angle");
  const auto directions = directions_with(levels.values);
  if (comm.is_root() && !directions.tell_direction)
    core::log::warning(
        "the angles of {} do not cover all directions evenly: DSI and preferred directions are NaN",
        paradigm.name);
  if (comm.is_root() && !directions.tell_orientation)
    core::log::warning(
        "the angles of {} do not cover all orientations evenly: OSI and preferred angles are NaN",
        paradigm.name);
  const TuningWindows windows{.evoked = *paradigm.window("evoked"),
                              .spontaneous = *paradigm.window("spontaneous")};
  const auto counts = count_trials(runs, cells, {{windows.evoked, windows.spontaneous}, {}}, comm);
  const auto missing = counts.missing_count();
  if (missing == runs.size())
    throw core::MissingFileError("no spikes of any trial in {} ({}/spikes.h5 … are needed) simulate first",
                                 runs.front().parent_path(), paradigm.trials.front().name);
  if (missing != 0) warn_of_missing(runs, counts, missing);

  std::vector<CellRates> rates;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
    rates.push_back(rates_of(counts, levels.trials, windows, cell));
  const Provenance provenance{
      .kind = "odsi",
      .inputs = {cells.nodes_file.string(),
                 fmt::format("{} ({} of {} trials)", all_spike_files(paradigm, request.base, request.option),
                             runs.size() - missing, runs.size())},
      .options = {{"silent", request.silent == SilentCells::nan ? "nan" : "zero"},
                  {"trials", fmt::format("{} of {}", runs.size() - missing, runs.size())},
                  {"evoked window", to_text(windows.evoked)},
                  {"spontaneous window", to_text(windows.spontaneous)}}};
  const auto tuning_file = table_file(odsi_files.items[0], request.output_directory, request.option),
             rates_file = table_file(odsi_files.items[1], request.output_directory, request.option);
  const auto by_angle = rate_table(rates, directions, cells, comm);
  if (comm.is_root()) write_csv(rates_file, by_angle, ' ', provenance);
  const auto by_cell = tuning_table(rates, directions, cells, request.silent, comm);
  if (comm.is_root()) write_csv(tuning_file, by_cell, ' ', provenance);
  return {rates_file, tuning_file};
}

SilentCells silent_cells(const core::OptionValues& values) {
  return values.is("silent", "nan") ? SilentCells::nan : SilentCells::zero;
}

std::vector<std::filesystem::path> run_odsi(const core::Call& call, const core::Comm& world) {
  const auto paradigm = paradigm_of(call);
  return make_odsi({.base = call.base(),
                    .option = call.option(),
                    .output_directory = output_directory(call, paradigm, gratings),
                    .paradigm = paradigm,
                    .silent = silent_cells(call.values)},
                   world);
}

}  // namespace striate::metrics
