// SPDX-License-Identifier: BSD-3-Clause
// What a current into some cells does to the rates of these and of the others: rates of core cells in the
// runs of an experiment and of its baseline, by run and over all runs, and their differences cell by cell.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/analyses/tuning/rate_table.hpp"
#include "metrics/analyses/tuning/suppression.hpp"
#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {

struct PerturbationRequest {
  std::filesystem::path base;
  std::string option;  ///< what the tables are called by
  std::filesystem::path output_directory;
  std::vector<std::filesystem::path> runs, baseline_runs;  ///< run directories; all must have spikes
  std::optional<std::filesystem::path> targets;  ///< node set relative to BASE; none: no cell is a target
  Window window;
  CoreRule core;
};

/// Writes perturbation_cells_OPT.csv (a row for each core cell), perturbation_by_run_OPT.csv and
/// perturbation_by_type_OPT.csv. Collective.
std::vector<std::filesystem::path> make_perturbation(const PerturbationRequest& request,
                                                     const core::Comm& comm);

inline constexpr core::Patterns perturbation_files{{"{tables}/perturbation_cells_{option}.csv",
                                                    "{tables}/perturbation_by_run_{option}.csv",
                                                    "{tables}/perturbation_by_type_{option}.csv"}};
inline constexpr core::Option perturbation_alone[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    options::paradigm_named(gratings),
    {.name = "targets",
     .value = "FILE",
     .help = "node set that received the current, relative to BASE, or the word none; required"},
    {.name = "baseline", .value = "OPT", .help = "option compared with", .fallback = usual_baseline},
    {.name = "run",
     .value = "DIR",
     .help = "run directories of the experiment (the paradigm's trials of OPT)",
     .needs = "baseline-run",
     .takes = core::Option::Takes::several,
     .moves_files = true},
    {.name = "baseline-run",
     .value = "DIR",
     .help = "run directories compared with (the paradigm's trials of --baseline)",
     .needs = "run",
     .takes = core::Option::Takes::several},
    options::name};
inline constexpr auto perturbation_options = core::joined(perturbation_alone, options::rate_window);
std::vector<std::filesystem::path> run_perturbation(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
