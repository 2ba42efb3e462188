// SPDX-License-Identifier: BSD-3-Clause
// Responses to gratings of several contrasts and to blanks: spike counts of all trials, for each cell and
// contrast rate, selectivity, sparsity and reliability, and which cells respond at all. Counts are integers
// until a value of one cell is computed, so results do not depend on ranks.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/tuning/contrast_design.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/pooling/network_samples.hpp"

namespace striate::metrics {

/// One contrast. [direction][trial]
using LevelCounts = std::vector<std::vector<Count>>;
struct ContrastResponse {
  double rate = 0;  ///< Hz, mean over directions and trials
  double osi = 0, dsi = 0, sparsity = 0;  ///< of the trial means
  double reliability = 0;  ///< correlation over directions of the first half of the trials with the second;
                           ///< NaN when one is constant
};
ContrastResponse contrast_response(const LevelCounts& counts, const Directions& directions, double seconds,
                                   SilentCells silent);

struct ContrastRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  io::Paradigm paradigm;  ///< with variables `angle`, `contrast`, blanks, and the window `contrast`
  SilentCells silent = SilentCells::nan;
  CoreRule core;
  bool numpy = false;  ///< spike_counts.npz besides
  double least_contrast = 0;  ///< preferences are told from this contrast on
};

/// What evoked_spikes of spike_counts.h5 are counted for: degrees, and contrasts above 0. Datasets of it.
inline constexpr const char *shown_directions = "/directions", *shown_contrasts = "/contrasts";

/// Writes spike_counts.h5 beside the trials (spont_spikes, evoked_spikes, interval_length, and which
/// directions and contrasts these are), and to the output directory contrast_cells_OPT.csv,
/// contrast_by_type_OPT.csv, contrast_responsive_cells_OPT.csv, contrast_preference_OPT.csv and
/// contrast_preference_by_type_OPT.csv. Collective. Throws MissingFileError when a trial has no spikes.
std::vector<std::filesystem::path> make_contrast(const ContrastRequest& request, const core::Comm& comm);

inline constexpr core::Patterns contrast_files{
    {"{runs}/spike_counts.h5", "{tables}/contrast_cells_{option}.csv",
     "{tables}/contrast_by_type_{option}.csv", "{tables}/contrast_responsive_cells_{option}.csv",
     "{tables}/contrast_preference_{option}.csv", "{tables}/contrast_preference_by_type_{option}.csv"}};
inline constexpr const char* contrast_networks_file = "{tables}/contrast_networks_{option}.csv";
/// The type means of networks and what averages them.
SampledTable contrast_samples();
inline constexpr core::MoreFiles contrast_in_numpy{
    .option = "format", .value = "npz", .writes = {{"{runs}/spike_counts.npz"}}};
inline constexpr core::Option contrast_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    options::paradigm_named(contrast_gratings),
    options::silent,
    options::described(
        options::networks,
        "average over further networks, whose contrast_by_type_OPT.csv exists: contrast_networks_OPT.csv"),
    options::format("h5|npz"),
    {.name = "drop-below",
     .type = core::Option::Type::number,
     .value = "C",
     .help = "contrasts below it do not count for what cells prefer",
     .usual = 0,
     .high = 1}};
std::vector<std::filesystem::path> run_contrast(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
