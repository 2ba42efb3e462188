// SPDX-License-Identifier: BSD-3-Clause
// A plan as rules for GNU make 4.3 or later (grouped targets): one rule for each step, to be read, edited and
// run by hand. Whatever names hold, nothing in them is executed.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "slurm/plan/made_step.hpp"

namespace striate::slurm {

struct MakeFile {
  std::filesystem::path file;  ///< where it will lie
  std::filesystem::path logs;  ///< folder of the steps' output
  std::string program;  ///< path of striate
  std::string launch;  ///< "mpirun -n 4", as shell text; may be empty
};

/// Where each step's output goes, in the order of the steps. Names are unique.
std::vector<std::filesystem::path> log_files(std::span<const MadeStep> steps,
                                             const std::filesystem::path& folder);

/// The line that a step prints when it is done; when it begins it prints its label.
std::string done_line(const std::string& label);

/// Throws UsageError for names that make or the shell cannot take.
std::string make_text(std::span<const MadeStep> steps, const MakeFile& make);

}  // namespace striate::slurm
