// SPDX-License-Identifier: BSD-3-Clause
// Mean firing rates of cells in any window over one or more runs, and their summary by cell type.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/options/metric_options.hpp"
#include "metrics/pooling/network_samples.hpp"

namespace striate::metrics {

struct RatesRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  std::vector<std::filesystem::path> runs;  ///< run directories; all must have spikes
  Window window;
  CoreRule core;
};

/// Summary of one value per cell, by cell type in the order of the figures: cell_type, cells, defined (those
/// that are no NaN), mean, median, SD (ddof 0), silent (cells with value 0). Core cells only.
Table summary_by_type(const Cells& cells, const std::vector<double>& values);

/// Writes rates_OPT.csv (blank separated) and rates_by_type_OPT.csv (commas). Collective.
std::vector<std::filesystem::path> make_rates(const RatesRequest& request, const core::Comm& comm);

namespace options {
/// What rate_window() reads.
inline constexpr Option rate_window[] = {
    {.name = "window",
     .value = "NAME",
     .help = "of a shipped paradigm: evoked, spontaneous, contrast, spectra; or fano",
     .fallback = "evoked",
     .excludes = "from|to"},
    {.name = "from",
     .type = Type::number,
     .value = "MS",
     .help = "own window [from, to) …",
     .high = 1e9,
     .needs = "to"},
    {.name = "to",
     .type = Type::number,
     .value = "MS",
     .help = "… and its end",
     .high = 1e9,
     .needs = "from"}};
}  // namespace options
/// In which rates are counted. Throws UsageError for an empty window and for one without an end.
Window rate_window(const core::OptionValues& values);

inline constexpr core::Patterns rates_files{
    {"{tables}/rates_{option}.csv", "{tables}/rates_by_type_{option}.csv"}};
inline constexpr core::Option rates_alone[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    {.name = "run",
     .value = "DIR",
     .help = "run directories to average over (BASE/output_OPT)",
     .takes = core::Option::Takes::several,
     .moves_files = true},
    options::name,
    {.name = "networks",
     .value = "DIR",
     .help = "average over further networks, whose rates_by_type_OPT.csv exists: rates_networks_OPT.csv",
     .excludes = "run",
     .takes = core::Option::Takes::several}};
inline constexpr auto rates_options = core::joined(rates_alone, options::rate_window);
std::vector<std::filesystem::path> run_rates(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
