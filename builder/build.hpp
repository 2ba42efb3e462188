// SPDX-License-Identifier: BSD-3-Clause
// Builds a network directory: nodes, edges, components and run configurations. The files' contents depend on
// the specification alone, not on the number of ranks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "builder/build_estimate.hpp"
#include "builder/files/build_record.hpp"
#include "builder/spec/read_spec.hpp"
#include "core/ranks/comm.hpp"
#include "core/timers.hpp"

namespace striate::builder {

enum class Overwrite { refuse, replace };

struct BuildOptions {
  std::filesystem::path base;
  /// Without v1 the cells of an earlier build in `base` are used.
  Parts parts;
  int deflate = 0;  ///< gzip level of the edge files
  Overwrite overwrite = Overwrite::refuse;
  Mixture mixture = Mixture::refuse;
  bool hash = false;  ///< keep hashes of the contents in the manifest
};

struct PopulationSummary {
  std::string name;
  std::int64_t cells = 0, from_excitatory = 0, from_inhibitory = 0, from_lgn = 0;
};

struct BuildSummary {
  std::vector<PopulationSummary> populations;
  std::int64_t recurrent_edges = 0, lgn_rows = 0, background_edges = 0;
  std::uint64_t bytes_written = 0, peak_memory_bytes = 0;
  double seconds = 0;
  std::vector<core::PhaseTime> phases;
};

/// Collective. Everything that can be refused is refused before work starts.
BuildSummary build(const NetworkSpec& spec, const BuildOptions& options, const core::Comm& comm);

/// What build() would take. Collective; writes nothing.
Estimate estimate(const NetworkSpec& spec, const BuildOptions& options, const core::Comm& comm);

/// What build() would do, as text. Collective; writes nothing.
std::string dry_run(const NetworkSpec& spec, const BuildOptions& options, const core::Comm& comm);

std::string describe(const BuildSummary& summary);

}  // namespace striate::builder
