// SPDX-License-Identifier: BSD-3-Clause
// What lies beside a result of a simulation: the configuration that was run, its spikes, and through the
// spikes of the LGN that it read what was on the screen.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace striate::workflows {

/// The report NAME (with or without .h5) in the folder of a run, or the only one. Throws MissingFileError
/// when there is none, UsageError when several could be meant.
std::filesystem::path report_of_run(const std::filesystem::path& folder,
                                    const std::optional<std::string>& name);

/// The spikes that the same run wrote, if they are there.
std::optional<std::filesystem::path> spikes_beside(const std::filesystem::path& result);

/// The configuration of the LGN whose spikes the run read; none, with a line in the log why, where that is
/// not known or they were made after the result.
std::optional<std::filesystem::path> lgn_config_of_run(const std::filesystem::path& result);

}  // namespace striate::workflows
