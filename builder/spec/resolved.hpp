// SPDX-License-Identifier: BSD-3-Clause
// A network's description with all that it extends and the command line's changes in it: to be kept beside
// the network, and to tell whether two networks are the same.
#pragma once

#include <string>

#include "builder/spec/spec.hpp"
#include "builder/spec/spec_reading.hpp"

namespace striate::builder {

/// How contents follow from a description. A change of the builder after which the same description gives
/// another network changes this name.
std::string generator_scheme(const NetworkSpec& spec);

/// Wider sheets are walked in blocks (edges/source_grid.hpp), with which the same seed gives other edges.
inline constexpr double widest_sheet_without_blocks_um = 1000;

/// Of a tree that has been read into `spec` without problems.
ResolvedDescription resolve(const ConfigNode& tree, const NetworkSpec& spec);

/// A map as YAML, one line for each key whose value holds no further maps.
std::string yaml_of(const ConfigNode& map);
/// A word of YAML, quoted where need be.
std::string yaml_word(const std::string& text);

/// What names a network and all of its files: equal for equal descriptions, on any number of ranks, at any
/// time, in any folder.
std::string run_id(const NetworkSpec& spec, bool source_index);

}  // namespace striate::builder
