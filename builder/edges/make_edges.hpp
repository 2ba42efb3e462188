// SPDX-License-Identifier: BSD-3-Clause
// The edges onto one rank's targets, in memory. What a rank gets depends on its range of targets; what a
// target gets does not.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "builder/edges/connection_rule.hpp"
#include "builder/edges/edge_rows.hpp"
#include "builder/edges/source_grid.hpp"
#include "builder/nodes/lgn_nodes.hpp"
#include "builder/nodes/v1_nodes.hpp"
#include "builder/spec/spec.hpp"
#include "core/ranks/comm.hpp"

namespace striate::builder {

/// Everything that edges are made from; each rank has all of it.
struct Workplace {
  NetworkSpec spec;
  V1Nodes nodes;
  LgnNodes units;
  ConnectionRule rule;
  SourceGrid grid;
};
/// Throws ConfigError when there are no cells, or more than rows of edges can name.
Workplace make_workplace(const NetworkSpec& spec, V1Nodes nodes);

using Targets = std::span<const std::uint32_t>;

/// The targets of a share.
std::vector<std::uint32_t> targets_of(const core::Share& share);

/// Called now and then with the targets done and the rows made so far.
using EdgeProgress = std::function<void(std::size_t targets, std::size_t rows)>;

/// `targets`: rising. `expected_rows` reserves memory; it need not be right.
EdgeRows make_recurrent_edges(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule,
                              const SourceGrid& grid, Targets targets, double expected_rows,
                              const EdgeProgress& progress);
EdgeRows make_lgn_edges(const NetworkSpec& spec, const V1Nodes& nodes, const LgnNodes& units, Targets targets,
                        double expected_rows, const EdgeProgress& progress);
EdgeRows make_background_edges(const NetworkSpec& spec, Targets targets);

/// Rows of targets that get none.
EdgeRows no_edges(Targets targets);

/// Relative work per target, for dealing targets to ranks.
std::vector<double> recurrent_cost(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule);
std::vector<double> lgn_cost(const NetworkSpec& spec, const V1Nodes& nodes);

}  // namespace striate::builder
