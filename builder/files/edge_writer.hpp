// SPDX-License-Identifier: BSD-3-Clause
// Writes one SONATA edge file collectively: rank 0 makes it, with all that is small; then every rank writes
// its own contiguous slab of rows, piece by piece, so that the columns (14 to 18 bytes per row in the file)
// never stand in memory. Names are BMTK's, both indices have those of libsonata, too. Numbers take the
// smallest type that fits the network, and what is the same in all rows takes no place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "builder/edges/edge_rows.hpp"
#include "builder/files/type_tables.hpp"
#include "core/ranks/comm.hpp"
#include "io/generation/run_attributes.hpp"

namespace striate::builder {

/// Under which name a file says that each row is one synapse.
enum class SynapseCount { none, n_syns_, nsyns };

struct EdgeFile {
  std::filesystem::path path;
  std::string source_population, target_population;
  std::uint64_t source_count = 0, target_count = 0;
  EdgeTypeIds types;
  SynapseCount synapse_count = SynapseCount::none;
  int deflate = 0;
  bool source_index = true;  ///< write the index by source
  io::RunAttributes attributes = {};
};

/// Bytes of one row's values, of `rows` in all.
std::uint64_t edge_row_bytes(const EdgeFile& file, std::uint64_t rows, bool has_weight);
/// Bytes that the file will hold.
std::uint64_t edge_file_bytes(const EdgeFile& file, std::uint64_t rows, std::uint64_t runs, bool has_weight);

/// Collective. Writes under io::incomplete_name(file.path); `advance(bytes)` is called as rows are written.
void write_edges(const EdgeFile& file, const EdgeRows& rows, const core::Comm& comm,
                 const std::function<void(std::uint64_t)>& advance = {});

}  // namespace striate::builder
