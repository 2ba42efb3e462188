// SPDX-License-Identifier: BSD-3-Clause
// Spike counts per trial, time bin and cell. Trials are dealt to the ranks for reading, then every rank
// receives the counts of its own contiguous share of the cells for all trials; all are integers, so nothing
// depends on the number of ranks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/sonata/spikes.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/named_windows.hpp"

namespace striate::metrics {

/// spikes.h5, else spikes.csv of a run directory; nullopt when neither exists.
std::optional<std::filesystem::path> spike_file_in(const std::filesystem::path& run_directory);

/// Spikes of population v1, block by block, with the rows of the cells that fired them. Throws FormatError
/// for ids that are no cells.
using VisitSpikes = std::function<void(const io::SpikeTrains&, std::span<const std::uint32_t> rows)>;
void visit_v1_spikes(const std::filesystem::path& file, const Cells& cells, const VisitSpikes& visit);

/// Either windows, which may overlap, or slots.
struct TimeBins {
  std::vector<Window> windows;
  std::optional<Slots> slots;
  std::size_t size() const { return slots ? slots->count : windows.size(); }
};

using Count = std::uint16_t;

/// [bin * cells + row]. Ids that are no cells are ignored. Throws FormatError for counts beyond 65535.
std::vector<Count> count_spikes(const std::filesystem::path& file, const Cells& cells, const TimeBins& bins);

struct TrialCounts {
  core::Share cells{0, 0};  ///< rows of this rank
  std::size_t trials = 0, bins = 0;
  std::vector<char> missing;  ///< [trial], the same on all ranks; their counts are 0
  std::vector<Count> values;  ///< [(trial * bins + bin) * cells.count() + row - cells.first]

  Count at(std::size_t trial, std::size_t bin, std::size_t local) const {
    return values[(trial * bins + bin) * cells.count() + local];
  }
  std::size_t missing_count() const;
};

/// Collective. Run directories without a spike file are noted as missing; warns when the others have no spike
/// in any bin.
TrialCounts count_trials(std::span<const std::filesystem::path> run_directories, const Cells& cells,
                         const TimeBins& bins, const core::Comm& comm);

/// Everybody's items in rank order on the root, nothing elsewhere. Collective.
template <core::Wire T>
std::vector<T> gather_to_root(std::span<const T> items, const core::Comm& comm) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(comm.size()), 0);
  counts[0] = items.size();
  return comm.all_to_all_v(items, std::span<const std::size_t>(counts)).items;
}

}  // namespace striate::metrics
