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

#include "core/ranks/comm.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/options/metric_options.hpp"
#include "metrics/pooling/networks.hpp"

namespace striate::metrics {

/// 100 (perturbed - baseline) / baseline; NaN for a baseline of 0.
double percent_change(double baseline, double perturbed);

inline constexpr const char* usual_baseline = "bio_trained";

struct SuppressionRequest {
  std::vector<std::filesystem::path> networks;  ///< tables are read from metrics/ of each
  std::string option;  ///< of the perturbed runs
  std::string baseline = usual_baseline;
  std::filesystem::path output_directory;
  std::optional<std::filesystem::path> targets;  ///< relative to each network; none: all cells count
  bool keep_targets_in_baseline = false;
  CoreRule core;
};

/// Writes suppression_OPT.csv (network, cell_type, metric, baseline, perturbed, percent_change, cells on both
/// sides) and suppression_mean_OPT.csv, of several networks …_OPT_N_networks.csv; suppression_cells_OPT.csv,
/// a row for each cell of the first network. Needs what `odsi` and `sparsity` wrote for both options. The
/// root works alone.
std::vector<std::filesystem::path> make_suppression(const SuppressionRequest& request,
                                                    const core::Comm& comm);

inline constexpr core::Patterns suppression_files{{"{tables}/suppression_{option}.csv",
                                                   "{tables}/suppression_mean_{option}.csv",
                                                   "{tables}/suppression_cells_{option}.csv"}};
inline constexpr core::Option suppression_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    {.name = "targets",
     .value = "FILE",
     .help = "node set that was silenced, relative to each network directory, or the word none; required"},
    {.name = "baseline", .value = "OPT", .help = "option compared with", .fallback = usual_baseline},
    {.name = "baseline-targets",
     .type = core::Option::Type::word,
     .value = "removed|kept",
     .help = "silenced cells in the baseline"},
    options::networks};
std::vector<std::filesystem::path> run_suppression(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
