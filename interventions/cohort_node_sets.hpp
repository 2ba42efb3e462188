// SPDX-License-Identifier: BSD-3-Clause
// Node sets for experiments on cohorts: cells with much or little outgoing or incoming weight, and whole
// classes of inhibitory cells, as the files {"population": "v1", "node_id": [ascending]} that the reference's
// scripts write.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/base/cell_sums.hpp"
#include "metrics/base/cohorts.hpp"
#include "metrics/base/output.hpp"

namespace striate::interventions {

/// Which cells are in the sets whose names have no region: the reference's scripts differ in this. Those that
/// take the core alone also have such sets for the classes.
enum class WithoutRegion { both_regions, core_alone };

/// Files of cells ranked by one quantity.
struct RankedSets {
  metrics::EdgeQuantity quantity;
  const char* stem;  ///< in the names of files
  const char* statistics;  ///< <statistics>_nodeset_stats.csv
  const char* mean;  ///< columns high_mean_<mean>, low_mean_<mean>
  WithoutRegion without_region = WithoutRegion::both_regions;
};
inline constexpr RankedSets sets_by_outgoing_weight{.quantity = metrics::EdgeQuantity::outgoing_weight,
                                                    .stem = "outgoing",
                                                    .statistics = "outgoing_weight",
                                                    .mean = "weight"};
inline constexpr RankedSets sets_by_outgoing_synapses{.quantity = metrics::EdgeQuantity::outgoing_synapses,
                                                      .stem = "outgoing_synapsecount",
                                                      .statistics = "outgoing_synapsecount",
                                                      .mean = "synapsecount",
                                                      .without_region = WithoutRegion::core_alone};
inline constexpr RankedSets sets_by_incoming_weight{.quantity = metrics::EdgeQuantity::incoming_weight,
                                                    .stem = "incoming",
                                                    .statistics = "incoming_weight",
                                                    .mean = "weight"};

struct NodeSetRequest {
  std::filesystem::path base;
  std::string option;  ///< whose edges rank the cells
  std::filesystem::path output_directory;
  metrics::CoreRule core;
  metrics::CohortGrouping grouping = metrics::CohortGrouping::by_layer;
  std::uint64_t block_rows = metrics::edge_block_rows;
};

/// {high,low}_STEM_{exc,inh}_{core,periphery}_nodes.json, each also without "_nodes", and without the region;
/// {pv,sst,vip}_{high,low}_STEM_{core,periphery}_nodes.json, each also without "_nodes"; the statistics.
/// Grouped by cell type: the core's excitatory and inhibitory sets only. Collective.
std::vector<std::filesystem::path> make_ranked_sets(const NodeSetRequest& request, const RankedSets& sets,
                                                    const core::Comm& comm);

/// {pv,sst,vip}_{high,low}_outgoing_{core,periphery}_nodes.json, and those of the core also without the
/// region. Collective.
std::vector<std::filesystem::path> make_class_sets_by_weight(const NodeSetRequest& request,
                                                             const core::Comm& comm);

/// {pv,sst,vip}_nodes.json: all cells of the classes. The root works alone.
std::vector<std::filesystem::path> make_class_sets(const NodeSetRequest& request, const core::Comm& comm);

}  // namespace striate::interventions
