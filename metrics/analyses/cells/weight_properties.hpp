// SPDX-License-Identifier: BSD-3-Clause
// Do cells with a property, such as selectivity, give or receive larger weights? For each property of
// neuron_features_OPT.csv and each pair of types, |weight| of the connections between core cells against the
// property of the source ("outgoing") or of the target ("incoming").
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/base/edge_blocks.hpp"
#include "metrics/base/type_labels.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

inline constexpr int usual_property_edges = 200, usual_property_bins = 6;

/// Columns of the table of features.
inline constexpr const char* weight_properties[] = {"image_selectivity",
                                                    "orientation_selectivity",
                                                    "dg_dsi",
                                                    "dg_sparsity",
                                                    "natural_image_evoked_rate",
                                                    "dg_spont_rate",
                                                    "dg_mean_rate",
                                                    "dg_peak_rate",
                                                    "dg_evoked_rate",
                                                    "incoming_degree",
                                                    "outgoing_degree"};
inline constexpr const char* weight_sides[] = {"outgoing", "incoming"};

struct WeightPropertiesRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  std::int64_t min_edges = usual_property_edges;  ///< pairs with fewer have no r, slope and p
  std::size_t bins = usual_property_bins;  ///< of equal width over a property's range
  TypePooling pooling{.inhibitory = true};
  std::uint64_t block_rows = edge_block_rows;
};

/// Writes weight_properties_OPT.csv and weight_property_bins_OPT.csv. The core is what the table of features
/// holds. Collective.
std::vector<std::filesystem::path> make_weight_properties(const WeightPropertiesRequest& request,
                                                          const core::Comm& comm);

inline constexpr core::Patterns weight_properties_files{
    {"{tables}/weight_properties_{option}.csv", "{tables}/weight_property_bins_{option}.csv"}};
inline constexpr core::Option weight_properties_options[] = {
    options::output_dir,
    {.name = "min-edges",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "pairs of types with fewer connections have no r",
     .usual = usual_property_edges,
     .low = 3,
     .high = core::most_whole},
    {.name = "bin-count",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "of equal width over the range of a property",
     .usual = usual_property_bins,
     .low = 1,
     .high = 1000},
    options::l5};
std::vector<std::filesystem::path> run_weight_properties(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
