// SPDX-License-Identifier: BSD-3-Clause
// Mean firing rates of cells in any window over one or more runs, and their summary by cell type.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {

struct RatesRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  std::vector<std::filesystem::path> runs;  ///< run directories; all must have spikes
  Window window = windows::grating_evoked;
  CoreRule core;
};

/// Summary of one value per cell, by cell type in the order of the figures: cell_type, cells, defined (those
/// that are no NaN), mean, median, SD (ddof 0), silent (cells with value 0). Core cells only.
Table summary_by_type(const Cells& cells, const std::vector<double>& values);

/// Writes rates_OPT.csv (blank separated) and rates_by_type_OPT.csv (commas). Collective.
std::vector<std::filesystem::path> make_rates(const RatesRequest& request, const core::Comm& comm);

}  // namespace striate::metrics
