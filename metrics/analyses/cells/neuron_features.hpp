// SPDX-License-Identifier: BSD-3-Clause
// A row for each core cell with all that is known of it: place and type, rates and selectivity for gratings
// and images, its connections within the core, and whether it is selective by these measures together.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/cells/cell_activity.hpp"
#include "metrics/analyses/tuning/grating_sparsity.hpp"
#include "metrics/base/cohorts.hpp"
#include "metrics/base/edge_blocks.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

/// [cell] Mean over the columns of their z-scores (divisor n, over all cells with a value); columns without
/// spread and values that are NaN do not count. NaN for a cell without any.
std::vector<double> composite_score(std::span<const std::vector<double>> columns);

/// Selective above 0; unknown for NaN.
const char* selectivity_label(double score);

struct NeuronFeaturesRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  std::optional<std::filesystem::path> images;
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Writes neuron_features_OPT.csv. Collective.
std::vector<std::filesystem::path> make_neuron_features(const NeuronFeaturesRequest& request,
                                                        const core::Comm& comm);

inline constexpr core::Patterns neuron_features_files{{"{tables}/neuron_features_{option}.csv"}};
inline constexpr core::Option neuron_features_options[] = {options::output_dir, options::core_radius,
                                                           options::core_edge, options::unit_images};
std::vector<std::filesystem::path> run_neuron_features(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
