// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/contrast.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/tuning/contrast_cells.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/numpy_copies.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

struct CellTest {
  double spontaneous_rate = 0;
  Responsiveness test;
};

/// Of all cells: [cell] and [cell * contrasts + contrast].
struct Results {
  std::vector<CellTest> cells;
  std::vector<ContrastResponse> levels;
  std::size_t contrasts = 0;
  const ContrastResponse& at(std::size_t cell, std::size_t level) const {
    return levels[cell * contrasts + level];
  }
};

void add_cell(Results& results, const TrialCounts& counts, std::size_t cell, const ContrastDesign& design,
              double seconds, SilentCells silent) {
  std::vector<Count> grey;
  for (const auto trial : design.blanks) grey.push_back(counts.at(trial, 0, cell));
  std::uint64_t total = 0;
  LevelCounts level_counts(design.directions.size(), std::vector<Count>(design.repetitions));
  for (std::size_t level = 0; level < results.contrasts; ++level) {
    for (std::size_t k = 0; k < design.directions.size(); ++k)
      for (std::size_t repetition = 0; repetition < design.repetitions; ++repetition) {
        const auto place = (k * results.contrasts + level) * design.repetitions + repetition;
        total += level_counts[k][repetition] = counts.at(design.evoked[place], 0, cell);
      }
    results.levels.push_back(contrast_response(level_counts, design.directions, seconds, silent));
  }
  double grey_total = 0;
  for (const auto count : grey) grey_total += count;
  results.cells.push_back({.spontaneous_rate = grey_total / (static_cast<double>(grey.size()) * seconds),
                           .test = responsiveness_of(grey, total, design.evoked.size())});
}

/// One trial of all cells on the root. Collective.
std::vector<double> whole_trial(const TrialCounts& counts, std::size_t trial, const core::Comm& comm) {
  const std::span<const Count> mine(counts.values.data() + trial * counts.cells.count(),
                                    counts.cells.count());
  const auto all = gather_to_root(mine, comm);
  return {all.begin(), all.end()};
}

void write_counts(const fs::path& path, const TrialCounts& counts, const ContrastDesign& design,
                  double seconds, const Cells& cells, const Provenance& provenance, const core::Comm& comm) {
  const std::uint64_t directions = design.directions.size(), contrasts = design.contrasts.size(),
                      blanks = design.blanks.size();
  io::h5::File file;
  if (comm.is_root()) {
    const std::uint64_t n = cells.size();
    file = create_array_file(path, provenance);
    io::h5::create_dataset<double>(file, "/spont_spikes", std::array<std::uint64_t, 2>{blanks, n});
    io::h5::create_dataset<double>(
        file, "/evoked_spikes", std::array<std::uint64_t, 4>{directions, contrasts, design.repetitions, n});
    const double milliseconds[] = {1000 * seconds};
    io::h5::write<double>(file, "/interval_length", milliseconds);
    io::h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
    io::h5::write<double>(file, shown_directions, design.directions.degrees);
    io::h5::write<double>(file, shown_contrasts, design.contrasts.values);
  }
  for (std::size_t row = 0; row < blanks; ++row) {
    const auto counted = whole_trial(counts, design.blanks[row], comm);
    if (comm.is_root()) io::h5::write_rows<double>(file, "/spont_spikes", row, counted);
  }
  const std::size_t of_direction = contrasts * design.repetitions;
  for (std::size_t k = 0; k < directions; ++k) {
    std::vector<double> block;
    for (std::size_t i = 0; i < of_direction; ++i) {
      const auto counted = whole_trial(counts, design.evoked[k * of_direction + i], comm);
      block.insert(block.end(), counted.begin(), counted.end());
    }
    if (comm.is_root()) io::h5::write_rows<double>(file, "/evoked_spikes", k, block);
  }
  if (comm.is_root()) finish_array_file(file, path);
}

/// The reference's spike_counts.npz; its length of the window is a whole number without dimensions.
void write_numpy_counts(const fs::path& counts_file, const fs::path& file, double seconds,
                        const Provenance& provenance) {
  const double milliseconds = 1000 * seconds;
  const auto length_type =
      milliseconds == std::floor(milliseconds) ? io::NpyType::int64 : io::NpyType::float64;
  const NumpyCopy copies[] = {{.name = "spont_spikes"},
                              {.name = "evoked_spikes"},
                              {.name = "interval_length", .type = length_type, .scalar = true}};
  write_npz_copies(counts_file, copies, file, provenance);
}

Table cell_table(const Cells& cells, const Results& results, const Levels& contrasts) {
  std::vector<std::string> types;
  std::vector<double> grey, dispersion, positive, negative;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    types.push_back(cells.type_of(row));
    grey.push_back(results.cells[row].spontaneous_rate);
    dispersion.push_back(results.cells[row].test.dispersion);
    positive.push_back(results.cells[row].test.p_positive);
    negative.push_back(results.cells[row].test.p_negative);
  }
  Table table{{{"node_id", std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
               {"cell_type", std::move(types)},
               {"core", std::vector<std::int64_t>(cells.core.begin(), cells.core.end())},
               {"spont_rate(Hz)", std::move(grey)},
               {"dispersion", std::move(dispersion)},
               {"p_positive", std::move(positive)},
               {"p_negative", std::move(negative)}}};
  for (std::size_t level = 0; level < contrasts.size(); ++level) {
    std::vector<double> rate, osi;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      rate.push_back(results.at(row, level).rate);
      osi.push_back(results.at(row, level).osi);
    }
    table.columns.push_back({fmt::format("rate_{}(Hz)", contrasts.texts[level]), std::move(rate)});
    table.columns.push_back({fmt::format("osi_{}", contrasts.texts[level]), std::move(osi)});
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

Table type_table(const CoreGroups& groups, const Results& results, const Levels& contrasts) {
  std::vector<std::string> types;
  std::vector<std::int64_t> cells;
  std::vector<double> contrast, rate, osi, dsi, sparse, sparse_sd, reliability;
  for (const auto& type : groups.types)
    for (std::size_t level = 0; level < contrasts.size(); ++level) {
      const auto& rows = groups.rows.at(type);
      const auto values = [&](double ContrastResponse::*member) {
        std::vector<double> kept;
        for (const auto row : rows) kept.push_back(results.at(row, level).*member);
        return without_nan(kept);
      };
      types.push_back(type);
      cells.push_back(static_cast<std::int64_t>(rows.size()));
      contrast.push_back(contrasts.values[level]);
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
void say_fractions(const Results& results) {
  const auto percent = [&](double Responsiveness::*p) {
    const auto count = std::ranges::count_if(
        results.cells, [&](const auto& result) { return result.test.*p < significant_response; });
    return 100 * static_cast<double>(count) / static_cast<double>(results.cells.size());
  };
  core::log::info("{:.1f} % of {} cells respond positively, {:.1f} % negatively",
                  percent(&Responsiveness::p_positive), results.cells.size(),
                  percent(&Responsiveness::p_negative));
}

Table responder_table(const CoreGroups& groups, const Results& results) {
  std::vector<std::int64_t> cells;
  std::vector<double> fractions[2], errors[2];
  for (const auto& type : groups.types) {
    const auto& rows = groups.rows.at(type);
    const auto n = static_cast<double>(rows.size());
    cells.push_back(static_cast<std::int64_t>(rows.size()));
    for (const int sign : {0, 1}) {
      const auto responds = [&](std::size_t row) {
        return (sign == 0 ? results.cells[row].test.p_positive : results.cells[row].test.p_negative) <
               significant_response;
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

ContrastResponse contrast_response(const LevelCounts& counts, const Directions& directions, double seconds,
                                   SilentCells silent) {
  std::vector<double> rates;
  std::vector<double> early(counts.size(), 0),
      late(counts.size(), 0);  // integers: constant ones are exactly so
  for (std::size_t k = 0; k < counts.size(); ++k) {
    const std::size_t repetitions = counts[k].size();
    for (std::size_t trial = 0; trial < repetitions; ++trial)
      (trial < repetitions / 2 ? early : late)[k] += counts[k][trial];
    rates.push_back((early[k] + late[k]) / (static_cast<double>(repetitions) * seconds));
  }
  const auto tuning = tuning_of(rates, directions, silent);
  return {tuning.mean_rate, tuning.osi, tuning.dsi, sparsity(rates), pearson(early, late)};
}

std::vector<fs::path> make_contrast(const ContrastRequest& request, const core::Comm& comm) {
  const auto& paradigm = request.paradigm;
  require_served(contrast_refusal(paradigm), paradigm, "contrast");
  const auto cells = read_cells(request.base, request.core);
  const auto trials = contrast_trials(paradigm);
  const auto& design = trials.design;
  const double seconds = trials.seconds();
  const auto counts = count_contrast_trials(trials, paradigm, request.base, request.option, cells, comm);
  Results local{.cells = {}, .levels = {}, .contrasts = design.contrasts.size()};
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
    add_cell(local, counts, cell, design, seconds, request.silent);
  require_contrasts(design, request.least_contrast);
  std::vector<CellContrast> preferences;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
    preferences.push_back(cells.core[counts.cells.first + cell] != 0
                              ? cell_contrast(counts, cell, design, request.least_contrast)
                              : CellContrast{});
  const Provenance provenance{
      .kind = "contrast",
      .inputs = {cells.nodes_file.string(), all_spike_files(paradigm, request.base, request.option)},
      .options = {{"window", trials.windows},
                  {"silent", request.silent == SilentCells::nan ? "nan" : "zero"},
                  {"preferences from contrast", fmt::format("{}", request.least_contrast)},
                  {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  const auto counts_file = request.base / paradigm.runs_name(request.option) / "spike_counts.h5",
             numpy_file = fs::path(counts_file).replace_extension(".npz");
  const auto named = [&](std::size_t k) {
    return table_file(contrast_files.items[k], request.output_directory, request.option);
  };
  const auto cells_file = named(1), types_file = named(2), responders_file = named(3),
             preferences_file = named(4), preferring_file = named(5);
  write_counts(counts_file, counts, design, seconds, cells, provenance, comm);
  const Results results{.cells = gather_to_root(std::span<const CellTest>(local.cells), comm),
                        .levels = gather_to_root(std::span<const ContrastResponse>(local.levels), comm),
                        .contrasts = local.contrasts};
  const auto all_preferences = gather_to_root(std::span<const CellContrast>(preferences), comm);
  if (comm.is_root()) {
    say_fractions(results);
    const auto groups = core_groups(cells);
    write_csv(cells_file, cell_table(cells, results, design.contrasts), ',', provenance);
    write_csv(types_file, type_table(groups, results, design.contrasts), ',', provenance);
    write_csv(responders_file, responder_table(groups, results), ',', provenance);
    write_csv(preferences_file, contrast_preference_table(cells, all_preferences), ',', provenance);
    write_csv(preferring_file, preference_type_table(cells, all_preferences, shipped_contrast_preferences()),
              ',', provenance);
    if (request.numpy) write_numpy_counts(counts_file, numpy_file, seconds, provenance);
  }
  std::vector<fs::path> files{counts_file,     cells_file,       types_file,
                              responders_file, preferences_file, preferring_file};
  if (request.numpy) files.push_back(numpy_file);
  return files;
}

SampledTable contrast_samples() {
  return {.kind = "contrast",
          .each = contrast_files.items[2],
          .means = contrast_networks_file,
          .keys = {"cell_type"},
          .number_keys = {"contrast"},
          .values = {"rate(Hz)", "osi", "dsi", "sparsity", "reliability"}};
}

std::vector<fs::path> run_contrast(const core::Call& call, const core::Comm& world) {
  const auto paradigm = paradigm_of(call);
  const auto option = call.option();
  const auto output = output_directory(call, paradigm, contrast_gratings);
  const auto networks = all_networks(call);
  const auto samples = contrast_samples();
  const auto tables =
      sampled_files(samples, networks, paradigm.tables_folder(contrast_gratings), output, option);
  auto files = make_contrast({.base = call.base(),
                              .option = option,
                              .output_directory = output,
                              .paradigm = paradigm,
                              .silent = silent_cells(call.values),
                              .core = core_rule(call.values),
                              .numpy = call.values.is("format", "npz"),
                              .least_contrast = call.values.number("drop-below")},
                             world);
  for (const auto& file : make_network_means(samples, networks, tables, output, option, world))
    files.push_back(file);
  return files;
}

}  // namespace striate::metrics
