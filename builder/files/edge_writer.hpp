// SPDX-License-Identifier: BSD-3-Clause
// Writes one SONATA edge file collectively: every rank its own contiguous slab of rows, in blocks, so that
// the columns (42 bytes per row in the file) never stand in memory. Both indices are written with the names
// of BMTK and of libsonata. Data types and names are BMTK's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "builder/edges/edge_rows.hpp"
#include "core/comm.hpp"

namespace striate::builder {

enum class SynapseCount { none, n_syns_int64, nsyns_uint32 };

struct EdgeFile {
  std::filesystem::path path;
  std::string source_population, target_population;
  std::uint64_t source_count = 0, target_count = 0;
  /// Edge type of a row: offset of the source's group plus that of the target's model.
  std::vector<std::uint32_t> type_of_source;  ///< empty: 0
  std::vector<std::uint32_t> type_of_target;
  SynapseCount synapse_count = SynapseCount::none;
  int deflate = 0;
};

/// Bytes that the file will hold.
std::uint64_t edge_file_bytes(const EdgeFile& file, std::uint64_t rows, std::uint64_t runs, bool has_weight);

/// Collective. Writes under io::incomplete_name(file.path); `advance(rows)` is called as rows are written.
void write_edges(const EdgeFile& file, const EdgeRows& rows, const core::Comm& comm,
                 const std::function<void(std::uint64_t)>& advance = {});

}  // namespace striate::builder
