// SPDX-License-Identifier: BSD-3-Clause
// The parts of a paradigm's YAML that say what its trials are to analyses of any variables: `repeat` and
// `analysis`.
#pragma once

#include "io/paradigm/paradigm.hpp"
#include "io/text/config_reader.hpp"

namespace striate::io {

/// Reports keys, times and names of windows that are wrong. Duration, trials and windows have been read.
void read_analysis(ConfigSection& root, Paradigm& paradigm, Diagnostics& diagnostics);

/// Equal as numbers where both are ("0" and "0.0"), else as texts.
bool same_value(const std::string& a, const std::string& b);

}  // namespace striate::io
