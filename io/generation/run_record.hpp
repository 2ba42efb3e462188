// SPDX-License-Identifier: BSD-3-Clause
// OUTPUT/provenance.json: how the results in an output directory came about: program, command line, date,
// host, ranks, network. While results take their final names it says "unfinished", so that what an
// interrupted run left may be replaced without being asked to.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/generation/run_attributes.hpp"

namespace striate::io {

inline constexpr const char* run_record_name = "provenance.json";

struct RunRecord {
  std::filesystem::path folder;
  RunAttributes attributes;
  std::vector<std::filesystem::path> files;  ///< results, complete under their temporary names
};

/// Gives the results their final names, one right after the other, and keeps the record. Collective.
void publish_run(const RunRecord& record, const core::Comm& comm);
/// The same of runs that end together, with `others`: files that belong to no record.
void publish_runs(std::span<const RunRecord> records, std::span<const std::filesystem::path> others,
                  const core::Comm& comm);

/// For a run that may replace nothing: it begins when it starts, as it leaves a log in any case. Collective.
void begin_publishing(const RunRecord& record, const core::Comm& comm);

/// The folder's last run was interrupted while results took their names, or, where it may replace nothing
/// that is there, at any time.
bool is_interrupted_run(const std::filesystem::path& folder);

}  // namespace striate::io
