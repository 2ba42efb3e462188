// SPDX-License-Identifier: BSD-3-Clause
// The section "reports": BMTK's multimeter keys, and SONATA's names for the same things.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/errors/problems.hpp"
#include "core/time_grid.hpp"
#include "core/values/ids.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/sonata/config_files.hpp"
#include "io/sonata/reports/reports.hpp"
#include "io/text/json.hpp"

namespace striate::engine {

enum class ReportVariable { V_m, I_syn, ASCurrents_sum, threshold, I };
std::string name_of(ReportVariable variable);
std::string units_of(ReportVariable variable);

struct ReportSpec {
  std::string name;
  io::Json cells;
  std::vector<ReportVariable> variables;
  std::filesystem::path file;
  core::Step first, interval, last;  ///< samples at first, first + interval, … <= last (stamps)
  io::ReportPrecision precision = io::ReportPrecision::float32;
  bool means = false;  ///< over the cells of each pop_name instead of each cell's own values
  std::string where;  ///< "config.json:/reports/<name>", for messages
  io::RunAttributes attributes = {};
};

/// Enabled reports in file order. `steps` is the length of the simulation, `files` are the config's. Throws
/// ConfigError, or records it in `problems` and leaves the report out.
std::vector<ReportSpec> parse_reports(const io::JsonSection& reports, const core::TimeGrid& grid,
                                      core::Step steps, const io::ConfigFiles& files,
                                      core::Problems* problems = nullptr);

}  // namespace striate::engine
