// SPDX-License-Identifier: BSD-3-Clause
// The input module "IClamp": currents that change in steps, given as pulses in the config (amp, delay,
// duration) or as a table of times and amplitudes in a file.
#pragma once

#include <string>
#include <vector>

#include "core/time_grid.hpp"
#include "core/values/ids.hpp"
#include "io/text/json.hpp"

namespace striate::engine {

/// Amplitude changes in time; each holds until the next.
struct CurrentClamp {
  std::string name;
  io::Json node_set;
  struct Change {
    core::Step step;  ///< stamp of the change (the generator's); acts on the voltage two steps later
    double amplitude_pA;
  };
  std::vector<Change> changes;
  std::string where;  ///< "config.json:/inputs/<name>", for messages
};

/// Changes at or before the first step are left out with a warning, as BMTK does; the result may be empty.
/// Throws ConfigError / FormatError: times off the grid or not ascending, unequal lists, other input types.
CurrentClamp parse_current_clamp(const io::JsonSection& input, const std::string& name,
                                 const core::TimeGrid& grid);

}  // namespace striate::engine
