// SPDX-License-Identifier: BSD-3-Clause
// Writes SONATA node files collectively: every rank its contiguous share. Names and types are BMTK's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "builder/nodes/lgn_nodes.hpp"
#include "builder/nodes/v1_nodes.hpp"
#include "builder/spec/spec.hpp"
#include "core/ranks/comm.hpp"
#include "io/generation/run_attributes.hpp"

namespace striate::builder {

/// What a node file holds about each node, beside its id. `columns` refer to the nodes they were made from.
struct NodeTable {
  struct Column {
    std::string name;
    std::span<const double> values;
  };
  std::vector<std::uint64_t> type_id;
  std::vector<Column> columns;
};
NodeTable v1_node_table(const NetworkSpec& spec, const V1Nodes& nodes);
NodeTable lgn_node_table(const LgnNodes& nodes);
/// `zeros`: one per unit.
NodeTable background_node_table(std::span<const double> zeros);

/// Under io::incomplete_name(path).
void write_nodes(const std::filesystem::path& path, const std::string& population, const NodeTable& table,
                 const io::RunAttributes& attributes, const core::Comm& comm);

}  // namespace striate::builder
