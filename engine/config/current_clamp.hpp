// SPDX-License-Identifier: BSD-3-Clause
// The input module "IClamp": currents that change in steps, given as pulses in the config (amp, delay,
// duration) or as a table of times and amplitudes in a file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/config/simulation_spec.hpp"

namespace striate::engine {

/// Changes at or before the first step are left out with a warning, as BMTK does; the result may be empty.
/// Throws ConfigError / FormatError: times off the grid or not ascending, unequal lists, other input types.
CurrentClamp parse_current_clamp(const io::JsonSection& input, const std::string& name, const TimeGrid& grid);

/// The file such an input reads, if any.
std::optional<std::filesystem::path> current_clamp_file(const io::JsonSection& input);

}  // namespace striate::engine
