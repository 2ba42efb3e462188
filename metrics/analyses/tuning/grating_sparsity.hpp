// SPDX-License-Identifier: BSD-3-Clause
// Stimulus selectivity from drifting gratings: for each trial the sparsity of the spike counts over the
// directions, then the mean over the trials in which it is defined.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/pooling/network_samples.hpp"

namespace striate::metrics {

/// A missing trial file counts as silence in its direction (the reference's rule), or its whole trial is left
/// out.
enum class MissingTrials { silent, left_out };

struct GratingSparsityRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  io::Paradigm paradigm;
  Window window = whole_file;
  MissingTrials missing = MissingTrials::silent;
  CoreRule core;  ///< for the summary
  bool numpy = false;  ///< dg_trial_averaged_sparsity_OPT.npy besides
};

/// The trials by repetition: those that differ in their direction only. [repetition][direction]
std::vector<std::vector<std::size_t>> repetitions_of(const io::Paradigm& paradigm);

/// NaN for a cell that never fires. `counts`: one bin, all trials.
double trial_averaged_sparsity(const TrialCounts& counts,
                               const std::vector<std::vector<std::size_t>>& repetitions,
                               std::size_t local_cell, MissingTrials missing);

/// Writes dg_trial_averaged_sparsity_OPT.h5 (datasets dg_trial_averaged_sparsity, node_id) and
/// dg_sparsity_by_type_OPT.csv. Collective.
std::vector<std::filesystem::path> make_grating_sparsity(const GratingSparsityRequest& request,
                                                         const core::Comm& comm);

/// [cell row] Reads dg_trial_averaged_sparsity_OPT.h5; NaN for cells that are not in it.
std::vector<double> read_grating_sparsity(const std::filesystem::path& file, const Cells& cells);

inline constexpr core::Patterns sparsity_files{
    {"{tables}/dg_trial_averaged_sparsity_{option}.h5", "{tables}/dg_sparsity_by_type_{option}.csv"}};
inline constexpr core::MoreFiles sparsity_in_numpy{
    .option = "format", .value = "npy", .writes = {{"{tables}/dg_trial_averaged_sparsity_{option}.npy"}}};
inline constexpr core::Option sparsity_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    options::paradigm_named(gratings),
    {.name = "window",
     .value = "NAME",
     .help = "spikes counted: whole (all), a window that the paradigm states, or one of a shipped paradigm",
     .fallback = "whole"},
    {.name = "missing",
     .type = core::Option::Type::word,
     .value = "silent|left_out",
     .help = "absent trials; silent as the reference"},
    options::described(options::networks,
                       "average over further networks, whose tables exist: dg_sparsity_networks_OPT.csv"),
    options::format("h5|npy")};
std::vector<std::filesystem::path> run_sparsity(const core::Call& call, const core::Comm& world);
std::string sparsity_refusal(const io::Paradigm& paradigm);

}  // namespace striate::metrics
