// SPDX-License-Identifier: BSD-3-Clause
// The section "reports": BMTK's multimeter keys, and SONATA's names for the same things.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/config/simulation_spec.hpp"

namespace striate::engine {

/// Enabled reports in file order. `steps` is the length of the simulation. Throws ConfigError, or records
/// it in `problems` and leaves the report out.
std::vector<ReportSpec> parse_reports(const io::JsonSection& reports, const TimeGrid& grid, core::Step steps,
                                      const std::filesystem::path& output_dir,
                                      core::Problems* problems = nullptr);

}  // namespace striate::engine
