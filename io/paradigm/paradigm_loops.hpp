// SPDX-License-Identifier: BSD-3-Clause
// Loops over variables in a paradigm's YAML: blocks, one after the other, each a map of variables to their
// values, of which the first changes slowest.
#pragma once

#include <vector>

#include "io/paradigm/paradigm_text.hpp"

namespace striate::io {

/// Most combinations that loops may have.
inline constexpr std::size_t most_combinations = 1'000'000;

/// All combinations of each block. `name` is the list's place, for messages: "trials".
std::vector<Variables> read_loops(const ConfigNode& blocks, const std::string& name,
                                  Diagnostics& diagnostics);

}  // namespace striate::io
