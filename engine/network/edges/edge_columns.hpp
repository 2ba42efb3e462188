// SPDX-License-Identifier: BSD-3-Clause
// Columns of edges and their types that are spelt almost like those that count, and what happens without
// them. Nothing here is an error: the format leaves defaults.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/network/edges/weight_rules.hpp"
#include "io/sonata/edges.hpp"
#include "io/sonata/type_table.hpp"

namespace striate::engine {

/// One text for each of delay, syn_weight, nsyns and weight_function that edges and table lack although they
/// would count, when a column looks like it, and for edges without any delay.
std::vector<std::string> column_warnings(const io::EdgePopulation& edges, const io::TypeTable& table,
                                         std::span<const EdgeType> types);

}  // namespace striate::engine
