// SPDX-License-Identifier: BSD-3-Clause
// The node and edge type tables (SONATA CSV, separated by single spaces) and the numbering of edge types: for
// v1 to v1 one per source population and target model, for LGN and background one per target model; ids count
// from 100.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "builder/nodes/v1_nodes.hpp"
#include "builder/spec/spec.hpp"

namespace striate::builder {

inline constexpr std::uint32_t first_type_id = 100;

/// Edge types: that of the target's model plus the offset of the source's population.
/// The nodes' models are the caller's.
struct EdgeTypeIds {
  std::span<const std::uint32_t> target_model, source_model;  ///< [node]; no sources: they add nothing
  std::vector<std::uint32_t> of_target, of_source;  ///< [model]
  std::uint32_t of(std::size_t source, std::size_t target) const {
    return of_target[target_model[target]] + (source_model.empty() ? 0 : of_source[source_model[source]]);
  }
  void prefetch(std::size_t source) const {
    if (!source_model.empty()) __builtin_prefetch(&source_model[source]);
  }
};
EdgeTypeIds recurrent_type_ids(const NetworkSpec& spec, const V1Nodes& nodes);
/// Of LGN and background.
EdgeTypeIds input_type_ids(const NetworkSpec& spec, const V1Nodes& nodes);

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
