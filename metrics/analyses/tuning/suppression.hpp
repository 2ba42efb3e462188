// SPDX-License-Identifier: BSD-3-Clause
// What silencing a cohort does to the other cells: percent change of the mean rate, OSI, DSI and sparsity of
// each core cell type between a baseline and a perturbed option, per network and as mean over networks. Cells
// that were silenced themselves are left out of both sides.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/comm.hpp"
#include "metrics/base/cells.hpp"

namespace striate::metrics {

/// 100 (perturbed - baseline) / baseline; NaN for a baseline of 0.
double percent_change(double baseline, double perturbed);

/// Node ids of a node set in a file: {"population": "v1", "node_id": [...]}. Throws FormatError.
std::vector<std::uint64_t> read_targets(const std::filesystem::path& file);

struct SuppressionRequest {
  std::vector<std::filesystem::path> networks;  ///< tables are read from metrics/ of each
  std::string option;  ///< of the perturbed runs
  std::string baseline = "bio_trained";
  std::filesystem::path output_directory;
  std::optional<std::filesystem::path> targets;  ///< relative to each network; none: all cells count
  bool keep_targets_in_baseline = false;
  CoreRule core;
};

/// Writes suppression_OPT.csv (network, cell_type, metric, baseline, perturbed, percent_change, cells on both
/// sides) and suppression_mean_OPT.csv. Needs what `odsi` and `sparsity` wrote for both options. The root
/// works alone.
std::vector<std::filesystem::path> make_suppression(const SuppressionRequest& request,
                                                    const core::Comm& comm);

}  // namespace striate::metrics
