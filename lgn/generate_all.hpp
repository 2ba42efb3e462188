// SPDX-License-Identifier: BSD-3-Clause
// Several configurations in one call: those that show the same stimulus to the same cells, such as the trials
// of a direction, share the rates. Each one's files are those that it makes alone.
#pragma once

#include <filesystem>
#include <vector>

#include "core/ranks/comm.hpp"
#include "lgn/generate.hpp"
#include "lgn/lgn_config.hpp"

namespace striate::lgn {

/// Checks all configurations, then runs them, group by group. Few pictures and spikes are in memory at a
/// time. Throws ConfigError when two write to the same place. Returns the cells of the first one and the
/// spikes of all. Collective.
GenerationSummary generate_all(const std::vector<std::filesystem::path>& configs, const LgnOptions& options,
                               const core::Comm& comm);

/// Plans whose rates are computed together, as indices: in order of their first member, each with as many as
/// `most_trials` trials (at least one plan).
std::vector<std::vector<std::size_t>> plans_by_rates(const std::vector<LgnPlan>& plans,
                                                     std::size_t most_trials);

}  // namespace striate::lgn
