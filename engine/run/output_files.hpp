// SPDX-License-Identifier: BSD-3-Clause
// The output directory of a simulation: only files that Striate itself writes are ever replaced.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/comm.hpp"
#include "engine/config/simulation_spec.hpp"
#include "io/sonata/sonata_config.hpp"

namespace striate::engine {

/// All files a run will write: log, spikes, CSV, reports, copy of the config.
std::vector<std::filesystem::path> output_files(const SimulationSpec& spec, const io::SonataConfig& config);

/// The resolved config's copy: output directory / name of the config file; none where that is the config
/// itself.
std::optional<std::filesystem::path> config_copy(const SimulationSpec& spec, const io::SonataConfig& config);

// Only the root rank touches the disk. That no output replaces an input was checked with the config.

/// Creates the directory, refuses to overwrite when the config says so (ConfigError), checks that it can be
/// written (SystemError).
void check_output(const SimulationSpec& spec, const io::SonataConfig& config, const core::Comm& comm);
/// Removes our files of an earlier run so that a final name never belongs to another run.
void clear_output(const SimulationSpec& spec, const io::SonataConfig& config, const core::Comm& comm);
/// The log file gets what is said until the next call, which closes it.
void open_log(const SimulationSpec& spec, const core::Comm& comm);

}  // namespace striate::engine
