// SPDX-License-Identifier: BSD-3-Clause
// Responses of cells to conditions: spikes of each presentation, summed as they are read, so that memory
// grows with conditions and not with presentations. Runs are dealt to the ranks for reading; every rank keeps
// the sums of its own contiguous share of the cells, added in the order of the presentations, so that no
// result depends on ranks.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"
#include "metrics/analyses/conditions/shown_conditions.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/math/tuning_measures.hpp"

namespace striate::metrics {

/// A spike of a presentation.
struct ResponseSpike {
  std::uint32_t cell = 0;  ///< row of Cells
  std::uint32_t presentation = 0;
  double time_ms = 0;  ///< of the run
};

/// All spikes of one run that lie in its presentations and that belong to cells of this rank.
using VisitRun = std::function<void(std::size_t run, std::span<const ResponseSpike> spikes)>;
/// Visits the runs in order and returns which have no spikes at all because they are not there. Collective.
using SpikeSource = std::function<std::vector<char>(const VisitRun& visit)>;
/// The spike files of the runs. The arguments must outlive the source.
SpikeSource spikes_of_runs(const ShownConditions& shown, const Cells& cells, const core::Comm& comm);

struct ConditionSums {
  double rates = 0;  ///< Hz
  std::uint64_t counts = 0, squares = 0;  ///< of spike counts
};

struct ConditionResponses {
  core::Share cells{0, 0};  ///< rows of this rank
  std::vector<char> missing;  ///< [run], the same on all ranks
  std::vector<std::uint64_t> trials;  ///< [condition] presentations in runs that are there
  std::vector<double> seconds;  ///< [condition] of all these presentations together
  std::vector<ConditionSums> sums;  ///< [local cell * conditions + condition]

  std::size_t conditions() const { return trials.size(); }
  const ConditionSums& at(std::size_t local, std::size_t condition) const {
    return sums[local * conditions() + condition];
  }
  /// Mean and standard deviation (divisor n) of the rates over presentations; NaN without any.
  double mean(std::size_t local, std::size_t condition) const;
  double deviation(std::size_t local, std::size_t condition) const;
  /// Variance (divisor n) over mean of the counts; NaN without spikes.
  double fano(std::size_t local, std::size_t condition) const;
  std::size_t missing_count() const;
};
/// Of so many cells. Collective.
ConditionResponses condition_responses(const ShownConditions& shown, std::size_t cells,
                                       const SpikeSource& spikes, const core::Comm& comm);

/// How the spikes of a cell follow the cycles of a grating.
struct CycleResponse {
  double f1_f0 = 0;  ///< mean over presentations with spikes
  double f1_f0_pooled = 0;  ///< of all presentations together; NaN where their phases differ
  double modulation_index = 0;
};
/// For each cell of this rank at the condition chosen for it (none: NaN), of which nothing but gratings has
/// any; counted in whole cycles from the window's start. Reads the spikes once more. Collective.
std::vector<CycleResponse> cycle_responses(const ShownConditions& shown, std::size_t cells,
                                           const SpikeSource& spikes,
                                           std::span<const std::optional<std::size_t>> chosen,
                                           const core::Comm& comm);

}  // namespace striate::metrics
