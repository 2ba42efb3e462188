// SPDX-License-Identifier: BSD-3-Clause
// Where the summed weight of cells goes: outgoing |weight| of every cell, cohorts by it, and the fractions of
// each cohort's core-to-core weight that land on each type of target. Sums run over blocks of edges in the
// order of the file, so that ranks do not matter.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/analyses/weights/weight_distribution.hpp"
#include "metrics/base/cohorts.hpp"
#include "metrics/base/edge_blocks.hpp"
#include "metrics/base/output.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

struct OutgoingRequest {
  std::vector<std::filesystem::path> networks;  ///< BASE first
  std::string option;
  std::string cohort_option;  ///< whose weights rank the cells
  std::filesystem::path output_directory;
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Of one network writes outgoing_weight_cells_OPT.csv, outgoing_weight_by_target_{type,class}_OPT.csv and
/// the reference's outgoing_weight_granular_core_to_core_{full,summary}_OPT.csv; of several the tables by
/// target with rows for each network, and the mean fractions over networks:
/// outgoing_weight_means_OPT_N_networks.csv. Collective.
std::vector<std::filesystem::path> make_outgoing_weights(const OutgoingRequest& request,
                                                         const core::Comm& comm);

inline constexpr core::Patterns weights_files{
    {weight_distribution_file, "{tables}/outgoing_weight_cells_{option}.csv",
     "{tables}/outgoing_weight_granular_core_to_core_full_{option}.csv",
     "{tables}/outgoing_weight_granular_core_to_core_summary_{option}.csv",
     "{tables}/outgoing_weight_by_target_type_{option}.csv",
     "{tables}/outgoing_weight_by_target_class_{option}.csv"}};
inline constexpr const char* outgoing_networks_file = "{tables}/outgoing_weight_means_{option}.csv";
inline constexpr core::Option weights_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    options::networks,
    {.name = "compare",
     .value = "OPT",
     .help = "correlate medians with those of options whose weight_distribution_*.csv exists",
     .takes = core::Option::Takes::several},
    {.name = "cohorts-from", .value = "OPT", .help = "rank cells by their weights in another option (OPT)"},
    options::l5,
    options::inhibitory};
/// Both tables of weights.
std::vector<std::filesystem::path> run_weights(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
