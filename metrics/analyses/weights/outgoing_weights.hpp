// SPDX-License-Identifier: BSD-3-Clause
// Where the summed weight of cells goes: outgoing |weight| of every cell, cohorts by it, and the fractions of
// each cohort's core-to-core weight that land on each type of target. Sums run over blocks of edges in the
// order of the file, so that ranks do not matter.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/base/cohorts.hpp"
#include "metrics/base/edge_blocks.hpp"
#include "metrics/base/output.hpp"

namespace striate::metrics {

struct OutgoingRequest {
  std::vector<std::filesystem::path> networks;  ///< BASE first
  std::string option;
  std::string cohort_option;  ///< whose weights rank the cells
  std::filesystem::path output_directory;
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Writes outgoing_weight_cells_OPT.csv (first network), outgoing_weight_granular_core_to_core_full_OPT.csv
/// (by target type) and ..._summary_OPT.csv (by class of targets). Collective.
std::vector<std::filesystem::path> make_outgoing_weights(const OutgoingRequest& request,
                                                         const core::Comm& comm);

}  // namespace striate::metrics
