// SPDX-License-Identifier: BSD-3-Clause
// How far the runs of several networks and paradigms are, in one table.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "slurm/jobs/status.hpp"

namespace striate::slurm {

/// Trials and tables of one paradigm with one option, for a row of a table. A trial is done when its
/// simulation is; what its LGN or background is at counts as the trial's.
struct RunsStatus {
  std::string network = {}, paradigm = {}, option = {};
  std::size_t trials = 0, done = 0, failed = 0, missing = 0, running = 0;
  std::size_t tables = 0, tables_done = 0;
  double core_hours = 0;  ///< used
  std::optional<std::size_t> queued;  ///< jobs and elements that wait or run; nullopt: not known
};
RunsStatus summary_of(std::span<const StageStatus> stages);
/// A row each, and their sum.
std::string status_table(std::span<const RunsStatus> rows);

}  // namespace striate::slurm
