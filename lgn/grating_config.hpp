// SPDX-License-Identifier: BSD-3-Clause
// Gratings of a configuration's input: one, several together (components), through apertures, one after
// another (slots). Slots inherit from the input and components from both what they do not set; in what they
// hold, unknown keys are refused.
#pragma once

#include "io/text/json.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {

/// Throws ConfigError naming file and key.
Stimulus read_grating(const io::JsonSection& input, double tstop_ms);

}  // namespace striate::lgn
