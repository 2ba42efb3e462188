// SPDX-License-Identifier: BSD-3-Clause
// Are connections between cells that respond to the same images stronger? The Pearson correlation of the
// image responses of both ends of every connection between core cells, and its relation to the weight by pair
// of cell types. The edge table is read in blocks that the ranks share; no rank holds it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/analyses/images/image_responses.hpp"
#include "metrics/base/edge_blocks.hpp"
#include "metrics/base/pair_samples.hpp"
#include "metrics/base/type_labels.hpp"
#include "metrics/math/correlation_sums.hpp"
#include "metrics/math/count_matrix.hpp"

namespace striate::metrics {

struct CorrelationRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  ImageProtocol protocol;
  std::optional<std::filesystem::path> responses;  ///< counts instead of spikes: arr_0, node id x image
  std::string weights_option;  ///< the edge file is that of this option; usually `option`
  bool respective_layers = false;
  TypePooling pooling;
  /// Of the table of bins, and of the regression: correlations within [low, high].
  double low = -1, high = 1, bin_width = 0.1;
  CorrelationBins::Closed closed = CorrelationBins::Closed::left;
  PairLimits limits;  ///< of random samples …
  std::size_t samples = 0;  ///< … and how many; 0: none
  std::uint64_t seed = 0;
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Counts of the core cells (rows of core_cells) from a file. Throws FormatError for anything but whole
/// numbers from 0 to 32767, or when a cell has no row.
CountMatrix read_count_matrix(const std::filesystem::path& file, const Cells& core);

/// Writes response_correlations_OPT.h5 (response_correlations and distances, a value per core edge in the
/// order of the edge file), correlation_pairs_OPT.csv and correlation_bins_OPT.csv, with samples also
/// correlation_samples_OPT.csv. Collective. Throws UsageError for more than 2e7 points in samples.
std::vector<std::filesystem::path> make_correlation(const CorrelationRequest& request,
                                                    const core::Comm& comm);

}  // namespace striate::metrics
