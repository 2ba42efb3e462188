// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/odsi.hpp"

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "core/error.hpp"
#include "core/log.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double degrees_per_radian = 180 / std::numbers::pi;
constexpr double direction_step = 360.0 / io::grating_directions;
enum Bin { evoked, spontaneous };

/// The direction of the largest rate; the first NaN counts as largest.
std::size_t strongest(const DirectionRates& rates) {
  std::size_t best = 0;
  for (std::size_t k = 0; k < rates.size(); ++k) {
    if (std::isnan(rates[k])) return k;
    if (rates[k] > rates[best]) best = k;
  }
  return best;
}

/// cos and sin of k * 45 degrees, exact at the axes, so that untuned cells get exactly 0.
std::complex<double> unit_vector(std::size_t eighths) {
  constexpr double half = 0.5 * std::numbers::sqrt2;
  constexpr std::complex<double> table[] = {{1, 0},  {half, half},   {0, 1},  {-half, half},
                                            {-1, 0}, {-half, -half}, {0, -1}, {half, -half}};
  return table[eighths % 8];
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

/// Rates_DF: blocks by angle. On the root.
Table rate_table(const std::vector<CellRates>& rates, const Cells& cells, const core::Comm& comm) {
  std::vector<std::int64_t> angles, ids;
  std::vector<double> means, deviations, spontaneous_rates;
  const auto gathered = [&](auto&& value) {
    std::vector<double> local;
    for (const CellRates& cell : rates) local.push_back(value(cell));
    return gather_to_root(std::span<const double>(local), comm);
  };
  for (std::size_t k = 0; k < io::grating_directions; ++k) {
    append(means, gathered([&](const CellRates& cell) { return cell.mean[k]; }));
    append(deviations, gathered([&](const CellRates& cell) { return cell.deviation[k]; }));
    append(spontaneous_rates, gathered([&](const CellRates& cell) { return cell.spontaneous[k]; }));
    if (!comm.is_root()) continue;
    angles.insert(angles.end(), cells.size(), static_cast<std::int64_t>(k * direction_step));
    const auto all = ids_of(cells);
    ids.insert(ids.end(), all.begin(), all.end());
  }
  return {{{"DG_angle", std::move(angles)},
           {"node_id", std::move(ids)},
           {"Ave_Rate(Hz)", std::move(means)},
           {"SD_rate(Hz)", std::move(deviations)},
           {"Spont_rate(Hz)", std::move(spontaneous_rates)}}};
}

/// OSI_DSI_DF. On the root.
Table tuning_table(const std::vector<CellRates>& rates, const Cells& cells, SilentCells silent,
                   const core::Comm& comm) {
  CellColumns columns(8);
  for (const CellRates& cell : rates) {
    const Tuning tuning = tuning_of(cell.mean, silent);
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

Tuning tuning_of(const DirectionRates& rates, SilentCells silent) {
  std::complex<double> direction_sum, orientation_sum;
  double sum = 0;
  for (std::size_t k = 0; k < rates.size(); ++k) {
    direction_sum += rates[k] * unit_vector(k);
    orientation_sum += rates[k] * unit_vector(2 * k);
    sum += rates[k];
  }
  const std::size_t best = strongest(rates);
  Tuning tuning{.preferred_angle = static_cast<double>(best) * direction_step,
                .max_rate = rates[best],
                .mean_rate = sum / static_cast<double>(rates.size())};
  if (sum == 0) {
    const double undefined = silent == SilentCells::nan ? nan : 0;
    tuning.dsi = tuning.osi = tuning.preferred_angle = undefined;
    tuning.preferred_direction = tuning.preferred_orientation = undefined;
    return tuning;
  }
  tuning.dsi = std::abs(direction_sum) / sum;
  tuning.osi = std::abs(orientation_sum) / sum;
  const double orientation = std::arg(orientation_sum) / 2;
  const double along = std::real(direction_sum * std::polar(1.0, -orientation));
  const double degrees = orientation * degrees_per_radian;
  tuning.preferred_direction = std::isnan(sum) ? nan : wrapped(along >= 0 ? degrees : degrees + 180, 360);
  tuning.preferred_orientation = std::isnan(sum) ? nan : wrapped(degrees, 180);
  return tuning;
}

CellRates rates_of(const TrialCounts& counts, std::size_t cell) {
  CellRates rates;
  constexpr std::size_t repeats = io::grating_trials;
  for (std::size_t k = 0; k < io::grating_directions; ++k) {
    std::vector<double> responses, grey;
    for (std::size_t trial = k * repeats; trial < (k + 1) * repeats; ++trial) {
      if (counts.missing[trial] != 0) continue;
      responses.push_back(counts.at(trial, evoked, cell) / windows::grating_evoked.seconds());
      grey.push_back(counts.at(trial, spontaneous, cell) / windows::grating_spontaneous.seconds());
    }
    rates.mean[k] = mean(responses);
    rates.deviation[k] = deviation(responses, 0);
    rates.spontaneous[k] = mean(grey);
  }
  return rates;
}

std::vector<std::filesystem::path> make_odsi(const OdsiRequest& request, const core::Comm& comm) {
  const auto cells = read_cells(request.base, {});
  std::vector<std::filesystem::path> runs;
  for (const auto& trial : io::drifting_gratings(request.base, request.option))
    runs.push_back(trial.run_directory);
  const auto counts =
      count_trials(runs, cells, {{windows::grating_evoked, windows::grating_spontaneous}, {}}, comm);
  const auto missing = counts.missing_count();
  if (missing == runs.size())
    throw core::MissingFileError(
        "no spikes of any trial in {} (angle0_trial0/spikes.h5 … are needed) simulate first",
        runs.front().parent_path());
  if (missing != 0) warn_of_missing(runs, counts, missing);

  std::vector<CellRates> rates;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell) rates.push_back(rates_of(counts, cell));
  const Provenance provenance{
      .kind = "odsi",
      .inputs = {cells.nodes_file.string(),
                 fmt::format("{}/angle*_trial*/spikes.h5 ({} of {} trials)", runs.front().parent_path(),
                             runs.size() - missing, runs.size())},
      .options = {{"silent", request.silent == SilentCells::nan ? "nan" : "zero"},
                  {"evoked window", to_text(windows::grating_evoked)},
                  {"spontaneous window", to_text(windows::grating_spontaneous)}}};
  const auto rates_file = request.output_directory / fmt::format("Rates_DF_{}.csv", request.option),
             tuning_file = request.output_directory / fmt::format("OSI_DSI_DF_{}.csv", request.option);
  const auto by_angle = rate_table(rates, cells, comm);
  if (comm.is_root()) write_csv(rates_file, by_angle, ' ', provenance);
  const auto by_cell = tuning_table(rates, cells, request.silent, comm);
  if (comm.is_root()) write_csv(tuning_file, by_cell, ' ', provenance);
  return {rates_file, tuning_file};
}

}  // namespace striate::metrics
