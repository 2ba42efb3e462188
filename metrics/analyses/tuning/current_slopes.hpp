// SPDX-License-Identifier: BSD-3-Clause
// How rates and tuning of the cell types change per pA of a current into some cells, from experiments with
// several currents that are named after them: CONDITION_neg100, CONDITION_pos100.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/analyses/tuning/similarity.hpp"
#include "metrics/analyses/tuning/suppression.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

inline constexpr double usual_amplitudes_pA[] = {-100, 100};

struct CurrentSlopesRequest {
  std::filesystem::path base;
  std::string condition;  ///< "inh_selective"
  std::string baseline = usual_baseline;
  std::filesystem::path output_directory;
  std::vector<double> amplitudes_pA{std::begin(usual_amplitudes_pA), std::end(usual_amplitudes_pA)};
  double min_rate_hz =
      usual_similarity_rate_hz;  ///< cells below it at their preferred direction have no OSI and DSI
  CoreRule core;
};

/// Writes perturbation_deltas_CONDITION.csv (means of types at each current beside the baseline's) and
/// perturbation_slopes_CONDITION.csv (least squares over the currents). Needs what `odsi` wrote for the
/// baseline and for each current. The root works alone.
std::vector<std::filesystem::path> make_current_slopes(const CurrentSlopesRequest& request,
                                                       const core::Comm& comm);

inline constexpr core::Patterns current_slopes_files{
    {"{tables}/perturbation_deltas_{option}.csv", "{tables}/perturbation_slopes_{option}.csv"}};
inline constexpr core::Option current_slopes_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    {.name = "amplitudes",
     .type = core::Option::Type::number,
     .value = "PA",
     .help = "the currents (-100 100); tables of OPT_neg100, OPT_pos100, … are read",
     .low = -1e6,
     .high = 1e6,
     .takes = core::Option::Takes::several},
    {.name = "baseline", .value = "OPT", .help = "option compared with", .fallback = usual_baseline},
    {.name = "min-rate",
     .type = core::Option::Type::number,
     .value = "HZ",
     .help = "cells below it at their preferred direction have no OSI and DSI",
     .usual = usual_similarity_rate_hz,
     .high = 1e6}};
std::vector<std::filesystem::path> run_current_slopes(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
