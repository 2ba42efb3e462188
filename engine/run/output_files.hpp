// SPDX-License-Identifier: BSD-3-Clause
// The output directory of a simulation: only files that Striate itself writes are ever replaced.
#pragma once

#include "core/ranks/comm.hpp"
#include "engine/config/simulation_spec.hpp"

namespace striate::engine {

// Only the root rank touches the disk. That no output replaces an input was checked with the config.

/// Creates the directory, refuses to overwrite when the config says so (ConfigError), checks that it can be
/// written (SystemError).
void check_output(const SimulationSpec& spec, const core::Comm& comm);
/// Makes the folders and removes what an interrupted run left. Results of an earlier run stay until the new
/// ones take their names, complete.
/// What runs of the tokens in `kept` left stays: checkpoints go on with it.
void clear_output(const SimulationSpec& spec, const std::vector<std::string>& kept, const core::Comm& comm);
/// The log file gets what is said until the next call, which closes it.
void open_log(const SimulationSpec& spec, const core::Comm& comm);

}  // namespace striate::engine
