// SPDX-License-Identifier: BSD-3-Clause
// What a build will take: edges and time from really sampling a few hundred targets spread over the network,
// memory and disk from the layouts. Checked against what the machine has before work starts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "builder/edges/make_edges.hpp"

namespace striate::builder {

struct Estimate {
  std::uint64_t cells = 0, lgn_units = 0, background_units = 0;
  double recurrent_edges = 0;
  double lgn_rows = 0, lgn_connections = 0;
  double background_edges = 0;
  double compute_seconds = 0;  ///< of one core
  double compute_error = 0;  ///< standard error of that, from the spread of the sample
  std::uint64_t disk_bytes = 0;
  std::uint64_t memory_bytes_per_rank = 0;
};

/// What to build; parts that are left out cost nothing.
struct Parts {
  bool v1 = true, recurrent = true, lgn = true, background = true;
  bool source_index = true;  ///< of the edge files
};

/// Collective; all ranks get the same numbers but for the time.
Estimate estimate_build(const Workplace& work, const Parts& parts, const core::Comm& comm);

/// Throws SystemError when memory or disk do not suffice. Collective.
void check_resources(const Estimate& estimate, const std::filesystem::path& base, const core::Comm& comm);

/// Cells per population, edges, memory, disk and time, as text.
std::string describe(const Estimate& estimate, const Workplace& work, int ranks);

}  // namespace striate::builder
