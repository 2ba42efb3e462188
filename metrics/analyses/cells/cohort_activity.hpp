// SPDX-License-Identifier: BSD-3-Clause
// How active and how selective cells are that give or receive much weight: core cells ranked within their
// layer by outgoing |weight|, outgoing synapses and incoming |weight|, and what was measured of each third.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/cells/cell_activity.hpp"
#include "metrics/base/cell_sums.hpp"
#include "metrics/base/cohorts.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

/// By what cells are ranked, in tables and options.
struct CohortQuantity {
  EdgeQuantity quantity;
  const char* name;  ///< "outgoing_weight"; the level's column is <name>_level
  const char* column;  ///< with its unit
};
inline constexpr CohortQuantity cohort_quantities[] = {
    {EdgeQuantity::outgoing_weight, "outgoing_weight", "outgoing_weight(pA)"},
    {EdgeQuantity::outgoing_synapses, "outgoing_synapses", "outgoing_synapses"},
    {EdgeQuantity::incoming_weight, "incoming_weight", "incoming_weight(pA)"}};

/// What is compared between cohorts: columns of both tables.
inline constexpr const char* cohort_metrics[] = {"rate(Hz)", "OSI", "DSI", "dg_sparsity",
                                                 "image_selectivity"};

/// The groups in which cells are compared: excitatory cells, ranked among these; PV, SST and VIP cells, each
/// ranked among its own; and "Inh", these three together with the levels that they have there.
inline constexpr const char* cohort_classes[] = {"Exc", "Inh", "PV", "SST", "VIP"};

/// [cell row] The cell's level among the excitatory cells, or in its own class; none for other inhibitory
/// cells and outside of the core.
std::vector<CohortLevel> levels_in_class(const Cells& cells, std::span<const double> quantity);

struct CohortActivityRequest {
  std::filesystem::path base;
  std::string option;
  std::string cohort_option;  ///< whose edges rank the cells
  std::filesystem::path output_directory;
  std::optional<std::filesystem::path> images;
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Writes cohort_cells_OPT.csv, a row for each core cell, and cohort_activity_OPT.csv, a row for each
/// quantity, class, level and metric. Collective.
std::vector<std::filesystem::path> make_cohort_activity(const CohortActivityRequest& request,
                                                        const core::Comm& comm);

inline constexpr core::Patterns cohort_activity_files{
    {"{tables}/cohort_cells_{option}.csv", "{tables}/cohort_activity_{option}.csv"}};
inline constexpr core::Option cohort_activity_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    {.name = "cohorts-from", .value = "OPT", .help = "rank cells by their weights in another option (OPT)"},
    options::unit_images,
    options::described(options::networks,
                       "average over further networks, whose cohort_activity_OPT.csv exists: "
                       "cohort_activity_networks_OPT.csv")};
std::vector<std::filesystem::path> run_cohort_activity(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
