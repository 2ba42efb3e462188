// SPDX-License-Identifier: BSD-3-Clause
// Tuning of cells to the variables of any paradigm: mean responses to all conditions, what each cell prefers,
// selectivity and fits by the variables' kinds, by cell and by type beside recordings.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "metrics/analyses/conditions/responses.hpp"
#include "metrics/analyses/tuning/cell_tuning.hpp"
#include "metrics/base/output.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

/// A row for each cell, columns of numbers.
struct TuningValues {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;  ///< [name][cell]
  std::vector<std::string> preferred;  ///< [cell] the condition's place, or NaN
};

/// The numbers of all cells on the root, and the others' part of the work. Collective.
TuningValues tuning_values(const ShownConditions& shown, const ConditionResponses& responses,
                           const CellTuning& tuning, std::size_t cells, const SpikeSource& spikes,
                           const core::Comm& comm);

/// node_id, cell_type, then the values, with preferred_condition in fourth place of these. `id_name`: of the
/// first column.
Table tuning_cell_table(const Cells& cells, const TuningValues& values, const char* id_name = "node_id");

/// A type's values by column, and of each how many, median, mean and standard error, beside the recorded
/// median of the paradigm that `paradigm` names.
using ValuesOfTypes = std::map<std::string, std::map<std::string, std::vector<double>>>;
Table tuning_type_table(const ValuesOfTypes& values, const std::vector<std::string>& columns,
                        const std::string& paradigm, const std::filesystem::path& recorded);

struct TuningRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  io::Paradigm paradigm;
  AnalysisTimes times = {};
  std::optional<CoreRule> core = CoreRule{};  ///< none: all cells
};

/// Writes tuning_PARADIGM_OPT.h5, tuning_cells_PARADIGM_OPT.csv and tuning_by_type_PARADIGM_OPT.csv.
/// Collective. Throws MissingFileError when no trial is there.
std::vector<std::filesystem::path> make_tuning(const TuningRequest& request, const core::Comm& comm);

inline constexpr core::Patterns tuning_files{{"{tables}/tuning_by_type_{paradigm}_{option}.csv",
                                              "{tables}/tuning_cells_{paradigm}_{option}.csv",
                                              "{tables}/tuning_{paradigm}_{option}.h5"}};
/// One of them, with the names filled in.
std::filesystem::path tuning_file(std::size_t which, const std::filesystem::path& tables,
                                  const std::string& paradigm, const std::string& option);
inline constexpr core::Option tuning_options[] = {
    options::output_dir,
    {.name = "cells",
     .type = core::Option::Type::word,
     .value = "core|all",
     .help = "which cells: those within --core-radius of the axis, or all"},
    options::needing(options::core_radius, "cells=core"),
    options::needing(options::core_edge, "cells=core"),
    {.name = "from",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "count spikes after this time (as the paradigm says)",
     .high = 1e9},
    {.name = "to",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "until this time (as the paradigm says)",
     .high = 1e9},
    options::described(options::networks,
                       "pool the cells of further networks, whose tuning_cells_PARADIGM_OPT.csv exists: "
                       "tuning_by_type_PARADIGM_OPT_N_networks.csv")};
std::vector<std::filesystem::path> run_tuning(const core::Call& call, const core::Comm& world);
std::string tuning_refusal(const io::Paradigm& paradigm);

}  // namespace striate::metrics
