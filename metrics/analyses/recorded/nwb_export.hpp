// SPDX-License-Identifier: BSD-3-Clause
// The model's spikes as a recording: cells as units, a paradigm's runs one after the other as one session,
// and tables of what was shown when, in an NWB file.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "core/kinds.hpp"
#include "io/paradigm/paradigm.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

struct NwbExportRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path file;
  io::Paradigm paradigm;
  std::optional<CoreRule> core = CoreRule{};  ///< none: all cells
};

/// Grey time between runs, which does not exist in the model.
inline constexpr double between_runs_s = 1;

/// Runs without spike files are left out, with a warning. The root works alone. Throws MissingFileError
/// without any.
std::vector<std::filesystem::path> export_nwb(const NwbExportRequest& request, const core::Comm& comm);

/// `striate export KIND`.
std::span<const core::Kind> export_kinds();

}  // namespace striate::metrics
