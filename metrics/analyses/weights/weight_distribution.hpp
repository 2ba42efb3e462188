// SPDX-License-Identifier: BSD-3-Clause
// Distribution of |weight| over the core-to-core edges of each pair of cell types, pooled over networks:
// exact quantiles and what a box plot needs. Ranks read blocks of edges and send each weight (8 bytes) to the
// rank that owns the pair; sums run over sorted weights, so ranks do not matter.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/base/edge_blocks.hpp"
#include "metrics/base/type_labels.hpp"
#include "metrics/pooling/networks.hpp"

namespace striate::metrics {

/// Of values in ascending order; quartiles interpolate linearly, whiskers are the outermost values within 1.5
/// interquartile ranges of the box (or the box where there are none). NaN for no values.
struct BoxSummary {
  std::int64_t count = 0;
  double mean = 0, deviation = 0;  ///< divisor n
  double least = 0, low_quartile = 0, median = 0, high_quartile = 0, greatest = 0;
  double low_whisker = 0, high_whisker = 0;
};
BoxSummary summary_of(std::span<const double> ascending);

inline constexpr const char* weight_distribution_file = "{tables}/weight_distribution_{option}.csv";

struct DistributionRequest {
  std::vector<std::filesystem::path> networks;  ///< pooled
  std::string option;
  std::filesystem::path output_directory;
  /// Options whose weight_distribution_*.csv in the output directory is compared with this one.
  std::vector<std::string> compare;
  TypePooling pooling;
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Writes weight_distribution_OPT.csv (of several networks …_OPT_N_networks.csv) and, with `compare`,
/// weight_median_correlation_OPT.csv (Spearman's rank correlation over targets between the medians of both
/// options, by source type). Collective.
std::vector<std::filesystem::path> make_weight_distribution(const DistributionRequest& request,
                                                            const core::Comm& comm);

}  // namespace striate::metrics
