// SPDX-License-Identifier: BSD-3-Clause
// Receptive fields that follow from the connections alone: where on the screen the LGN units that project to
// a cell of V1 look, each weighted by the charge that its spikes bring, light-preferring (ON) and
// dark-preferring (OFF) sub-units apart. Nothing is simulated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/kinds.hpp"
#include "core/ranks/comm.hpp"
#include "lgn/stimuli/screen.hpp"
#include "metrics/base/edge_blocks.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::workflows {

/// A degree a pixel, as movies are shown.
inline constexpr lgn::Screen field_screen{
    .rows = 80, .columns = 120, .row_pitch_deg = 1, .column_pitch_deg = 1};

inline constexpr core::Patterns structural_field_files{
    {"{tables}/rf_structure_cells.csv", "{tables}/rf_structure_maps.h5"}};
inline constexpr core::Patterns structural_field_reads{
    {metrics::nodes_file, metrics::node_types_file, "network/lgn_nodes.h5", "network/lgn_node_types.csv",
     "network/lgn_v1_edges.h5", "network/lgn_v1_edge_types.csv"}};

struct StructuralFieldsRequest {
  std::filesystem::path base, output_directory;
  metrics::CoreRule core;
  std::vector<std::uint64_t> mapped;  ///< node ids of cells whose maps are kept; empty: twelve of layer 4
  std::uint64_t block_rows = metrics::edge_block_rows;
};

/// Writes rf_structure_cells.csv (moments of the fields of core cells) and rf_structure_maps.h5 (ON and OFF
/// of some cells, pA ms a pixel). Collective.
std::vector<std::filesystem::path> make_structural_fields(const StructuralFieldsRequest& request,
                                                          const core::Comm& comm);

}  // namespace striate::workflows
