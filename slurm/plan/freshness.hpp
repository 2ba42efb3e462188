// SPDX-License-Identifier: BSD-3-Clause
// Which steps have to run, by make's rule: an output is missing, or older than an input, or an input is made
// anew. And which of them share a call.
//
// A file dated in the future, by a machine whose clock was wrong, would be newer than anything made from it,
// for ever. So its date tells nothing beside outputs that are not from the future themselves: it counts as
// not newer, and a warning says so. Clocks of a cluster differ a little, so the future begins in five
// minutes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "slurm/plan/made_step.hpp"

namespace striate::slurm {

/// What was asked of files once, because many trials read the same.
struct FileTimes {
  std::unordered_map<std::string, std::optional<std::filesystem::file_time_type>> times;  ///< none: not there
  std::set<std::filesystem::path> undated;  ///< dated in the future, which a warning has said
};

/// "" when the step need not run; files of `renewed` will be made anew before it.
std::string reason_to_run(const Step& step, const std::set<std::filesystem::path>& renewed = {},
                          FileTimes* known = nullptr);

/// Sets the reason of each step that has to run. Steps come after those that make their inputs.
void find_reasons(std::vector<MadeStep>& steps);

struct Packing {
  std::size_t most = 10;  ///< trials in a call
  std::size_t jobs = 1;  ///< calls at a time: none should idle while another has many trials
};
/// Joins steps of a family that have to run. Others, such as trials that are up to date, stay alone.
std::vector<MadeStep> packed(const std::vector<MadeStep>& steps, const Packing& packing);

/// Steps after those that make their inputs; otherwise in the given order. Throws ConfigError for cycles.
std::vector<MadeStep> in_order(std::vector<MadeStep> steps);

}  // namespace striate::slurm
