// SPDX-License-Identifier: BSD-3-Clause
// On which cells the connections of strongly and weakly projecting cells land: |weight| and numbers of
// synapses from each third of the cells of the core or the periphery, by class of target and by the target's
// own third.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/base/cohorts.hpp"
#include "metrics/base/edge_blocks.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

struct CohortTargetsRequest {
  std::filesystem::path base;
  std::string option;
  std::string cohort_option;  ///< whose connections rank the cells
  std::filesystem::path output_directory;
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Writes cohort_targets_OPT.csv, a row for each group of sources and of targets, and what follows from it in
/// the columns of the reference: outgoing_weight_complete_targets_OPT.csv,
/// outgoing_synapsecount_complete_targets_OPT.csv (core to core), outgoing_weight_fraction_table_OPT.csv
/// (thirds to thirds) and outgoing_weight_granular_{full,summary}_OPT.csv (to all cells). Collective.
std::vector<std::filesystem::path> make_cohort_targets(const CohortTargetsRequest& request,
                                                       const core::Comm& comm);

inline constexpr core::Patterns cohort_targets_files{
    {"{tables}/cohort_targets_{option}.csv", "{tables}/outgoing_weight_complete_targets_{option}.csv",
     "{tables}/outgoing_synapsecount_complete_targets_{option}.csv",
     "{tables}/outgoing_weight_fraction_table_{option}.csv",
     "{tables}/outgoing_weight_granular_full_{option}.csv",
     "{tables}/outgoing_weight_granular_summary_{option}.csv"}};
inline constexpr core::Option cohort_targets_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    {.name = "cohorts-from", .value = "OPT", .help = "rank cells by their weights in another option (OPT)"},
    options::described(
        options::networks,
        "average over further networks, whose tables exist: …_networks_OPT.csv of the fractions")};
std::vector<std::filesystem::path> run_cohort_targets(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
