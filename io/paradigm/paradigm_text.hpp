// SPDX-License-Identifier: BSD-3-Clause
// The small language of paradigms: patterns with {variable}, and stimulus values that depend on a trial.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/text/config_tree.hpp"
#include "io/text/json.hpp"

namespace striate::io {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// "angle{angle}" with angle = 45 is "angle45"; {chunk:2} pads with zeros to two digits. An unknown variable
/// or an open brace is reported.
std::string filled_in(const std::string& pattern, const Variables& variables, const Position& position,
                      Diagnostics& diagnostics);

/// Letters, digits and . _ - + , = in a relative path without "..": harmless in a shell, in make and on every
/// file system.
bool is_plain_path(const std::string& text);

/// Null where there is none of that name.
const std::string* find(const Variables& variables, const std::string& name);

/// A map of stimulus keys for trial `index`. Texts are filled in and become whole numbers, numbers, true or
/// false where they are such; lists and maps hold further values; but maps with one of these keys are rules:
/// {random: [low, high], seed: S} draws uniformly by (S, index); {shuffled: [first, last], seed: S} puts the
/// whole numbers in between in a random order; {block: N} gives the N whole numbers from index * N on;
/// {by: VARIABLE, values: {VALUE: …}} chooses by a variable's value; {sum: […]} adds numbers.
Json stimulus_of(const ConfigNode& stimulus, const Variables& variables, std::size_t index,
                 Diagnostics& diagnostics);

/// Whether a stimulus key's value depends on the variable.
bool uses(const ConfigNode& value, const std::string& variable);

/// Whether a stimulus key's value differs between trials and that is its meaning: it names a {variable} or is
/// an order of images. A random number is not such a key; it may be fixed.
bool tells_trials_apart(const ConfigNode& value);

/// A value given on a command line, read as in a paradigm's file.
Json stimulus_value(const std::string& text);

}  // namespace striate::io
