// SPDX-License-Identifier: BSD-3-Clause
// Looks through SONATA files for everything that is wrong with them, without stopping at the first error.
// Rows are streamed in slabs, so files of any size need little memory; only per-node tables are held. What is
// found goes to core::Problems, each with file and HDF5 path, CSV line or row.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/errors/problems.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/rules.hpp"
#include "io/sonata/type_table.hpp"

namespace striate::io {

/// Rows read at a time by all checks.
inline constexpr std::uint64_t check_slab_rows = std::uint64_t{1} << 20;

/// Shapes, lengths, ids (distinct, not negative), types, groups. Unknown types are found only with a table.
void check_nodes_file(const std::filesystem::path& file, const std::optional<TypeTable>& types,
                      core::Problems& problems);

/// Ids, types, groups, finite attributes, order by target, indices. Node ids are looked up in the
/// populations given; with all nodes known, edges of other populations are a problem.
enum class KnownNodes { all, some };
struct EdgeContext {
  const TypeTable* types = nullptr;
  const std::vector<NodePopulation>* populations = nullptr;
  KnownNodes nodes = KnownNodes::all;
};
void check_edges_file(const std::filesystem::path& file, const EdgeContext& context,
                      core::Problems& problems);

/// The indices of one edge population: ranges monotone and inside their tables, and together naming every
/// edge once under its own node.
void check_edge_indices(const std::filesystem::path& file, const std::string& population,
                        core::Problems& problems);

using rules::TimeZero;
struct SpikeContext {
  std::optional<std::string> population = std::nullopt;  ///< only this group; else all
  const NodePopulation* nodes = nullptr;  ///< ids that exist
  TimeZero time_zero = TimeZero::allowed;
};
/// HDF5 (both layouts) or CSV: times finite, ids known, lengths equal, order as the attribute says.
void check_spikes_file(const std::filesystem::path& file, const SpikeContext& context,
                       core::Problems& problems);

/// Shapes of data and mapping, units, finite values.
void check_report_file(const std::filesystem::path& file, core::Problems& problems);

}  // namespace striate::io
