// SPDX-License-Identifier: BSD-3-Clause
// Tuning of background weights: each cell model of V1 has an unknown, the weight of its type of background
// edges, and a target, the median rate of its population. Without recurrent connections the models are
// independent, so that one simulation serves all bisections. The simulation itself happens elsewhere.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "interventions/bisection.hpp"
#include "io/sonata/type_table.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/output.hpp"
#include "metrics/recorded/reference_values.hpp"

namespace striate::interventions {

struct TunedModel {
  std::uint64_t edge_type_id, node_type_id;
  std::string population;
  std::vector<std::uint32_t> rows;  ///< its cells; without any the weight stays
  double weight_pA;  ///< of the last simulation
  double rate_hz;  ///< median over its cells in the last simulation, NaN before and without cells
  Bisection solver;
  bool done() const { return rows.empty() || solver.solved(); }
};

/// [population] median spontaneous rate of the recorded units of its cell type (L5_Exc for the three types of
/// layer 5). Populations without recordings are left out.
std::map<std::string, double> recorded_median_rates(const metrics::Cells& cells,
                                                    const metrics::ReferenceValues& reference);

/// A table with the columns population (or pop_name) and target_median_fr, separated by commas or blanks.
/// Throws FormatError for negative rates and populations that are given twice.
std::map<std::string, double> read_target_rates(const std::filesystem::path& file);

/// N of the row's target_query, node_type_id=='N'. Throws FormatError for any other.
std::uint64_t target_type(const io::TypeTable& edge_types, std::size_t row);

/// One model for each row of the background's edge types, whose target_query must be node_type_id=='N'.
/// Throws ConfigError for a population without a target, FormatError for types without syn_weight.
std::vector<TunedModel> models_to_tune(const io::TypeTable& edge_types, const metrics::Cells& cells,
                                       const std::map<std::string, double>& targets);

/// Reports what `seconds` of simulation gave: spikes by cell row. Throws nothing.
void take_rates(std::vector<TunedModel>& models, std::span<const std::uint16_t> spikes, double seconds);
/// Sets the weights of the next simulation.
void take_weights(std::vector<TunedModel>& models);
bool all_done(const std::vector<TunedModel>& models);

/// The table of edge types with the models' weights; all else stays as it is.
std::string with_weights(const io::TypeTable& edge_types, const std::vector<TunedModel>& models);

/// By population: how many models are solved, target, lowest and highest rate.
std::string progress_table(const std::vector<TunedModel>& models);
/// By model: population, node_type_id, cells, target(Hz), rate(Hz), weight(pA), solved (yes, no, no_cells).
metrics::Table result_table(const std::vector<TunedModel>& models);

}  // namespace striate::interventions
