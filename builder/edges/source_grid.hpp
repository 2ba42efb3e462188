// SPDX-License-Identifier: BSD-3-Clause
// The cells as sources, sorted by (sign, grid cell, kind), with the sums that exact sampling needs: for every
// kind of target, the source kinds in descending order of their highest probability, and how much of it each
// grid cell holds. Cells stand in blocks, square by square: where a block is far from a target, one bound for
// all of it does, so that a target's cost does not grow with the sheet. Sheets of the usual sizes are one
// block, which is never far.
#pragma once

#include <cstdint>
#include <vector>

#include "builder/edges/connection_rule.hpp"

namespace striate::builder {

struct SourceCell {
  double x, z, tuning_angle;
  std::uint32_t id;
};

/// Source kinds of one sign, as one kind of target sees them.
struct TargetView {
  std::vector<std::uint32_t> kinds;  ///< positions in SignGrid::kinds, descending peak
  std::vector<double> peak;  ///< peak probability times the largest orientation factor
  std::vector<const KindPair*> pairs;
  std::vector<double> mass;  ///< [cell][k]: sum of count x peak over the first k kinds; kinds + 1 per cell
  std::vector<double> mass_before;  ///< [cell], then the end: of all kinds in the cells before
};

/// All sources of one sign.
struct SignGrid {
  CellGrid cells;  ///< those that hold a source, block by block
  CellGrid blocks;  ///< those that hold a cell
  std::vector<std::uint32_t> first_cell;  ///< [block], then the end
  std::vector<std::uint32_t> kinds;  ///< into ConnectionRule::kinds
  std::vector<std::uint32_t> first;  ///< [cell][kind], then the end: places in `sources`
  std::vector<SourceCell> sources;
  std::vector<TargetView> views;  ///< by target kind
};

struct SourceGrid {
  SignGrid excitatory, inhibitory;
};

/// `rule` must outlive the grid.
SourceGrid make_source_grid(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule);

}  // namespace striate::builder
