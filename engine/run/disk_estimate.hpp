// SPDX-License-Identifier: BSD-3-Clause
// What the results of a run take: reports exactly, spikes by what cells of the model usually fire. Looked at
// before the network is loaded, for a full disk shows only when hours of work are to be written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/machine_resources.hpp"
#include "engine/network/network.hpp"
#include "engine/run/trials.hpp"

namespace striate::engine {

/// On one file system.
struct DiskNeed {
  std::filesystem::path folder;  ///< one of those that are written to
  std::uint64_t report_bytes = 0;
  double spike_bytes_per_hz = 0;  ///< of all cells' mean rate
};

/// Of all trials, whose results stay. An earlier result is there until the new one is complete.
std::vector<DiskNeed> estimate_disk(const std::vector<Trial>& trials, const Network& network);

/// Throws SystemError where reports, or the spikes of cells that hardly fire, do not fit what is free; warns
/// where those of lively cells would not. One rank calls this.
void require_disk(const std::vector<DiskNeed>& needs);

/// "disk        about …" for each file system.
std::string describe(const std::vector<DiskNeed>& needs);

/// What a rank keeps of reports before all write together, of the trial with most.
std::uint64_t report_memory_bytes(const std::vector<Trial>& trials, const Network& network,
                                  const core::Ranks& ranks);

}  // namespace striate::engine
