// SPDX-License-Identifier: BSD-3-Clause
// Which connections a network has: how often cells of each pair of types are connected at which lateral
// distance, how many partners cells have, how often connections go both ways; and the Gaussian of distance
// that speaks best for them. Of any network, whoever built it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/base/edge_blocks.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

inline constexpr core::Patterns connectivity_files{
    {"{tables}/connection_bins_{option}.csv", "{tables}/connection_fits_{option}.csv",
     "{tables}/connection_degrees_{option}.csv", "{tables}/connection_reciprocity_{option}.csv"}};

struct ConnectivityRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  std::vector<std::int64_t> bins_um;  ///< ascending
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
  std::uint64_t most_bits = std::uint64_t{1} << 31;  ///< of pairs of cells, kept at once by a rank
};

/// Writes connection_bins_OPT.csv (probability by distance with its 95 % interval), connection_fits_OPT.csv,
/// connection_degrees_OPT.csv and connection_reciprocity_OPT.csv. Collective.
std::vector<std::filesystem::path> make_connectivity(const ConnectivityRequest& request,
                                                     const core::Comm& comm);

inline constexpr core::Option connectivity_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    {.name = "bins",
     .type = core::Option::Type::whole,
     .value = "UM",
     .help = "edges of the bins of distance (0 25 50 75 100 150 200 300 400)",
     .high = 100000,
     .takes = core::Option::Takes::several}};
std::vector<std::filesystem::path> run_connectivity(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
