// SPDX-License-Identifier: BSD-3-Clause
// From plans to files: cells, rates, spike trains of all trials, output. Cells are dealt to the ranks in
// blocks; a cell's rates and spikes depend on nothing but itself, the stimulus, the seed and the trial.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/spikes.hpp"
#include "lgn/lgn_config.hpp"
#include "lgn/spikes/rate_files.hpp"

namespace striate::lgn {

/// What came out, the same on all ranks.
struct GenerationSummary {
  std::uint64_t cells = 0, spikes = 0;  ///< spikes of all trials and plans
  std::uint64_t cells_off_screen = 0;  ///< sub-units whose field misses the screen
  double largest_change_hz = 0;  ///< over the cells: largest less smallest rate of one cell
};

/// Rates of this rank's cells, block by block (see RateBlock); called equally often on all ranks.
using RateVisitor = std::function<void(const Cells& cells, const RateBlock& block)>;

/// Spikes of this rank's cells, for all trials of all plans, one after the other. `visit` sees the rates,
/// sampled as the plans say.
struct PopulationSpikes {
  std::vector<io::OutputSpikes> per_run;
  std::uint64_t units_off_screen = 0;
  double largest_change_hz = 0;  ///< of this rank's cells
};
PopulationSpikes generate_population(const Cells& cells, std::span<const LgnPlan> plans,
                                     const core::Comm& comm, const RateVisitor& visit);

/// The whole run: reads nothing but the plans and the nodes, writes all files. The plans have the same rates
/// (see same_rates), which are computed once; all but the first may lack their pictures. Each plan's files
/// are those that it makes alone. Collective.
GenerationSummary generate(std::span<const LgnPlan> plans, const std::vector<io::NodePopulation>& nodes,
                           const core::Comm& comm);
inline GenerationSummary generate(const LgnPlan& plan, const std::vector<io::NodePopulation>& nodes,
                                  const core::Comm& comm) {
  return generate(std::span(&plan, 1), nodes, comm);
}

/// Files of spikes and rates that a trial writes.
std::vector<std::filesystem::path> trial_files(const LgnPlan& plan, std::uint64_t trial);
/// Throws ConfigError for a file that is there and may not be replaced.
void require_new_files(const LgnPlan& plan);

/// Cells per block, which is computed, held and written together: 64, fewer when they have so many samples
/// that their rates would take more than 64 MB.
std::size_t cells_per_block(std::size_t samples);

}  // namespace striate::lgn
