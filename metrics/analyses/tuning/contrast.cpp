// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/contrast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.hpp"
#include "core/log.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/output.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t blanks = io::blank_trials, directions = io::grating_directions,
                      repetitions = io::contrast_trials,
                      evoked_trials = directions * contrast_levels * repetitions;
constexpr double significant = 0.01;

struct CellResult {
  double spontaneous_rate = 0;
  Responsiveness test;
  std::array<ContrastResponse, contrast_levels> levels;
};

CellResult result_of(const TrialCounts& counts, std::size_t cell, double seconds, SilentCells silent) {
  std::array<Count, blanks> grey;
  for (std::size_t trial = 0; trial < blanks; ++trial) grey[trial] = counts.at(trial, 0, cell);
  CellResult result;
  std::uint64_t total = 0;
  for (std::size_t level = 0; level < contrast_levels; ++level) {
    LevelCounts level_counts;
    for (std::size_t k = 0; k < directions; ++k)
      for (std::size_t trial = 0; trial < repetitions; ++trial) {
        const std::size_t run = blanks + (k * contrast_levels + level) * repetitions + trial;
        level_counts[k][trial] = counts.at(run, 0, cell);
        total += level_counts[k][trial];
      }
    result.levels[level] = contrast_response(level_counts, seconds, silent);
  }
  double grey_total = 0;
  for (const auto count : grey) grey_total += count;
  result.spontaneous_rate = grey_total / (static_cast<double>(blanks) * seconds);
  result.test = responsiveness_of(grey, total, evoked_trials);
  return result;
}

/// One trial of all cells on the root. Collective.
std::vector<double> whole_trial(const TrialCounts& counts, std::size_t trial, const core::Comm& comm) {
  const std::span<const Count> mine(counts.values.data() + trial * counts.cells.count(),
                                    counts.cells.count());
  const auto all = gather_to_root(mine, comm);
  return {all.begin(), all.end()};
}

void write_counts(const fs::path& path, const TrialCounts& counts, const Cells& cells,
                  const Provenance& provenance, const core::Comm& comm) {
  io::h5::File file;
  if (comm.is_root()) {
    const std::uint64_t n = cells.size();
    file = create_array_file(path, provenance);
    io::h5::create_dataset<double>(file, "/spont_spikes", std::array<std::uint64_t, 2>{blanks, n});
    io::h5::create_dataset<double>(file, "/evoked_spikes",
                                   std::array<std::uint64_t, 4>{directions, contrast_levels, repetitions, n});
    const double milliseconds[] = {1000 * windows::contrast.seconds()};
    io::h5::write<double>(file, "/interval_length", milliseconds);
    io::h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
  }
  std::size_t trial = 0;
  for (; trial < blanks; ++trial) {
    const auto row = whole_trial(counts, trial, comm);
    if (comm.is_root()) io::h5::write_rows<double>(file, "/spont_spikes", trial, row);
  }
  for (std::size_t k = 0; k < directions; ++k) {
    std::vector<double> block;
    for (std::size_t i = 0; i < contrast_levels * repetitions; ++i, ++trial) {
      const auto row = whole_trial(counts, trial, comm);
      block.insert(block.end(), row.begin(), row.end());
    }
    if (comm.is_root()) io::h5::write_rows<double>(file, "/evoked_spikes", k, block);
  }
  if (comm.is_root()) finish_array_file(file, path);
}

Table cell_table(const Cells& cells, const std::vector<CellResult>& results) {
  std::vector<std::string> types;
  std::vector<double> grey, dispersion, positive, negative;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    types.push_back(cells.type_of(row));
    grey.push_back(results[row].spontaneous_rate);
    dispersion.push_back(results[row].test.dispersion);
    positive.push_back(results[row].test.p_positive);
    negative.push_back(results[row].test.p_negative);
  }
  Table table{{{"node_id", std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
               {"cell_type", std::move(types)},
               {"core", std::vector<std::int64_t>(cells.core.begin(), cells.core.end())},
               {"spont_rate(Hz)", std::move(grey)},
               {"dispersion", std::move(dispersion)},
               {"p_positive", std::move(positive)},
               {"p_negative", std::move(negative)}}};
  for (std::size_t level = 0; level < contrast_levels; ++level) {
    std::vector<double> rate, osi;
    for (const auto& result : results) {
      rate.push_back(result.levels[level].rate);
      osi.push_back(result.levels[level].osi);
    }
    table.columns.push_back({fmt::format("rate_{}(Hz)", io::contrast_texts[level]), std::move(rate)});
    table.columns.push_back({fmt::format("osi_{}", io::contrast_texts[level]), std::move(osi)});
  }
  return table;
}

struct CoreGroups {
  std::vector<std::string> types;  ///< in the order of the figures
  std::map<std::string, std::vector<std::size_t>> rows;
};

CoreGroups core_groups(const Cells& cells) {
  CoreGroups groups;
  for (const auto row : core_rows(cells)) groups.rows[cells.type_of(row)].push_back(row);
  for (const auto& [type, rows] : groups.rows) groups.types.push_back(type);
  sort_types(groups.types);
  return groups;
}

Table type_table(const CoreGroups& groups, const std::vector<CellResult>& results) {
  std::vector<std::string> types;
  std::vector<std::int64_t> cells;
  std::vector<double> contrast, rate, osi, dsi, sparse, sparse_sd, reliability;
  for (const auto& type : groups.types)
    for (std::size_t level = 0; level < contrast_levels; ++level) {
      const auto& rows = groups.rows.at(type);
      const auto values = [&](double ContrastResponse::*member) {
        std::vector<double> kept;
        for (const auto row : rows) kept.push_back(results[row].levels[level].*member);
        return without_nan(kept);
      };
      types.push_back(type);
      cells.push_back(static_cast<std::int64_t>(rows.size()));
      contrast.push_back(io::contrast_values[level]);
      rate.push_back(mean(values(&ContrastResponse::rate)));
      osi.push_back(mean(values(&ContrastResponse::osi)));
      dsi.push_back(mean(values(&ContrastResponse::dsi)));
      sparse.push_back(mean(values(&ContrastResponse::sparsity)));
      sparse_sd.push_back(deviation(values(&ContrastResponse::sparsity), 0));
      reliability.push_back(mean(values(&ContrastResponse::reliability)));
    }
  return {{{"cell_type", std::move(types)},
           {"contrast", std::move(contrast)},
           {"n_cells", std::move(cells)},
           {"rate(Hz)", std::move(rate)},
           {"osi", std::move(osi)},
           {"dsi", std::move(dsi)},
           {"sparsity", std::move(sparse)},
           {"sparsity_sd", std::move(sparse_sd)},
           {"reliability", std::move(reliability)}}};
}

/// Over all cells, in the core or not.
void say_fractions(const std::vector<CellResult>& results) {
  const auto percent = [&](double Responsiveness::*p) {
    const auto count =
        std::ranges::count_if(results, [&](const auto& result) { return result.test.*p < significant; });
    return 100 * static_cast<double>(count) / static_cast<double>(results.size());
  };
  core::log::info("{:.1f} % of {} cells respond positively, {:.1f} % negatively",
                  percent(&Responsiveness::p_positive), results.size(), percent(&Responsiveness::p_negative));
}

Table responder_table(const CoreGroups& groups, const std::vector<CellResult>& results) {
  std::vector<std::int64_t> cells;
  std::vector<double> fractions[2], errors[2];
  for (const auto& type : groups.types) {
    const auto& rows = groups.rows.at(type);
    const auto n = static_cast<double>(rows.size());
    cells.push_back(static_cast<std::int64_t>(rows.size()));
    for (const int sign : {0, 1}) {
      const auto responds = [&](std::size_t row) {
        return (sign == 0 ? results[row].test.p_positive : results[row].test.p_negative) < significant;
      };
      const double fraction = static_cast<double>(std::ranges::count_if(rows, responds)) / n;
      fractions[sign].push_back(fraction);
      errors[sign].push_back(std::sqrt(fraction * (1 - fraction) / n));
    }
  }
  return {{{"cell_type", groups.types},
           {"n_cells", std::move(cells)},
           {"positive_fraction", std::move(fractions[0])},
           {"positive_error", std::move(errors[0])},
           {"negative_fraction", std::move(fractions[1])},
           {"negative_error", std::move(errors[1])}}};
}

}  // namespace

Responsiveness responsiveness_of(std::span<const Count> blank_counts, std::uint64_t evoked_total,
                                 std::size_t trials) {
  const std::vector<double> grey(blank_counts.begin(), blank_counts.end());
  const double spontaneous = mean(grey), spread = deviation(grey, 0);
  if (!(spontaneous > 0) || !(spread > 0)) return {nan, nan, nan};
  const double dispersion = spread * spread / spontaneous;
  const double k = static_cast<double>(evoked_total) / dispersion;
  const double mu = spontaneous * static_cast<double>(trials) / dispersion;
  return {dispersion, poisson_upper(k, mu), poisson_lower(k, mu)};
}

ContrastResponse contrast_response(const LevelCounts& counts, double seconds, SilentCells silent) {
  DirectionRates rates;
  std::array<double, directions> early{}, late{};  // counts: integers, so constant ones are exactly so
  for (std::size_t k = 0; k < directions; ++k) {
    for (std::size_t trial = 0; trial < repetitions; ++trial)
      (trial < repetitions / 2 ? early : late)[k] += counts[k][trial];
    rates[k] = (early[k] + late[k]) / (static_cast<double>(repetitions) * seconds);
  }
  const auto tuning = tuning_of(rates, silent);
  return {tuning.mean_rate, tuning.osi, tuning.dsi, sparsity(rates), pearson(early, late)};
}

std::vector<fs::path> make_contrast(const ContrastRequest& request, const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  std::vector<fs::path> runs;
  for (const auto& trial : io::contrasts(request.base, request.option)) runs.push_back(trial.run_directory);
  const auto counts = count_trials(runs, cells, {{windows::contrast}, {}}, comm);
  for (std::size_t run = 0; run < runs.size(); ++run)
    if (counts.missing[run] != 0)
      throw core::MissingFileError(
          "no spikes.h5 or spikes.csv in {} ({} of {} trials are missing, all are needed) simulate first",
          runs[run], counts.missing_count(), runs.size());
  std::vector<CellResult> local;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
    local.push_back(result_of(counts, cell, windows::contrast.seconds(), request.silent));
  const Provenance provenance{
      .kind = "contrast",
      .inputs = {cells.nodes_file.string(),
                 fmt::format("{}/angle*_contrast*_trial*/spikes.h5", runs.front().parent_path())},
      .options = {{"window", to_text(windows::contrast)},
                  {"silent", request.silent == SilentCells::nan ? "nan" : "zero"},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  const auto counts_file = runs.front().parent_path() / "spike_counts.h5";
  const auto named = [&](const char* stem) {
    return request.output_directory / fmt::format("{}_{}.csv", stem, request.option);
  };
  const auto cells_file = named("contrast_cells"), types_file = named("contrast_by_type"),
             responders_file = named("contrast_responsive_cells");
  write_counts(counts_file, counts, cells, provenance, comm);
  const auto results = gather_to_root(std::span<const CellResult>(local), comm);
  if (comm.is_root()) {
    say_fractions(results);
    const auto groups = core_groups(cells);
    write_csv(cells_file, cell_table(cells, results), ',', provenance);
    write_csv(types_file, type_table(groups, results), ',', provenance);
    write_csv(responders_file, responder_table(groups, results), ',', provenance);
  }
  return {counts_file, cells_file, types_file, responders_file};
}

}  // namespace striate::metrics
