// SPDX-License-Identifier: BSD-3-Clause
// The node and edge type tables (SONATA CSV, separated by single spaces) and the numbering of edge types: for
// v1 to v1 one per source population and target model, for LGN and background one per target model; ids count
// from 100.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "builder/spec/spec.hpp"

namespace striate::builder {

inline constexpr std::uint32_t first_type_id = 100;

inline std::uint32_t recurrent_type_offset(const NetworkSpec& spec, std::uint32_t source_population) {
  return source_population * static_cast<std::uint32_t>(spec.models.size());
}

std::string v1_node_types(const NetworkSpec& spec);
std::string lgn_node_types(const NetworkSpec& spec);
std::string background_node_types();

std::string recurrent_edge_types(const NetworkSpec& spec);
std::string lgn_edge_types(const NetworkSpec& spec);
std::string background_edge_types(const NetworkSpec& spec);

/// Shortest text that reads back as the same number, with a decimal point, as Python writes it: "1.0",
/// "0.25".
std::string decimal(double value);

}  // namespace striate::builder
