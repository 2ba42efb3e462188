// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/trial_counts.hpp"

#include <algorithm>
#include <limits>

#include "core/error.hpp"
#include "core/progress.hpp"

namespace striate::metrics {
namespace {

constexpr const char* population = "v1";

void count_up(Count& count, const std::filesystem::path& file, std::uint64_t id) {
  if (count == std::numeric_limits<Count>::max())
    throw core::FormatError("more than {} spikes of node {} in one window of {} (no cell fires so often)",
                            std::numeric_limits<Count>::max(), id, file);
  ++count;
}

/// The counts of one trial in the order in which they are sent: rank by rank, bin by bin.
std::vector<Count> by_owner(const std::vector<Count>& counts, std::size_t bins, std::size_t cells,
                            const core::Comm& comm, std::vector<std::size_t>& send_counts) {
  std::vector<Count> sorted;
  sorted.reserve(counts.size());
  for (int rank = 0; rank < comm.size(); ++rank) {
    const auto share = core::contiguous_share(cells, rank, comm.size());
    send_counts[static_cast<std::size_t>(rank)] = counts.empty() ? 0 : share.count() * bins;
    if (counts.empty()) continue;
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const auto row = counts.begin() + static_cast<std::ptrdiff_t>(bin * cells);
      sorted.insert(sorted.end(), row + static_cast<std::ptrdiff_t>(share.first),
                    row + static_cast<std::ptrdiff_t>(share.end));
    }
  }
  return sorted;
}

}  // namespace

std::optional<std::filesystem::path> spike_file_in(const std::filesystem::path& run_directory) {
  for (const char* name : {"spikes.h5", "spikes.csv"})
    if (std::error_code ignored; std::filesystem::exists(run_directory / name, ignored))
      return run_directory / name;
  return std::nullopt;
}

void visit_v1_spikes(const std::filesystem::path& file,
                     const std::function<void(const io::SpikeTrains&)>& visit) {
  if (file.extension() == ".csv")
    visit(io::read_spikes_csv(file, population));
  else
    io::visit_spikes_h5(file, population, visit);
}

std::vector<Count> count_spikes(const std::filesystem::path& file, const Cells& cells, const TimeBins& bins) {
  std::vector<Count> counts(bins.size() * cells.size(), 0);
  visit_v1_spikes(file, [&](const io::SpikeTrains& spikes) {
    for (std::size_t i = 0; i < spikes.size(); ++i) {
      const auto row = cells.row_of(spikes.node_id[i]);
      if (!row) continue;
      const auto count_in = [&](std::size_t bin) {
        count_up(counts[bin * cells.size() + *row], file, spikes.node_id[i]);
      };
      if (bins.slots) {
        if (const auto slot = bins.slots->index(spikes.time_ms[i])) count_in(*slot);
        continue;
      }
      for (std::size_t bin = 0; bin < bins.windows.size(); ++bin)
        if (bins.windows[bin].contains(spikes.time_ms[i])) count_in(bin);
    }
  });
  return counts;
}

std::size_t TrialCounts::missing_count() const {
  return static_cast<std::size_t>(std::ranges::count(missing, 1));
}

TrialCounts count_trials(std::span<const std::filesystem::path> run_directories, const Cells& cells,
                         const TimeBins& bins, const core::Comm& comm) {
  TrialCounts result{.cells = core::contiguous_share(cells.size(), comm.rank(), comm.size()),
                     .trials = run_directories.size(),
                     .bins = bins.size(),
                     .missing = {},
                     .values = {}};
  const std::size_t local = result.cells.count() * result.bins;
  result.values.assign(result.trials * local, 0);
  result.missing.assign(result.trials, 0);
  core::Progress progress("reading spikes", static_cast<double>(result.trials), core::shows_progress(comm));
  const auto ranks = static_cast<std::size_t>(comm.size());
  for (std::size_t first = 0; first < result.trials; first += ranks) {
    const std::size_t mine = first + static_cast<std::size_t>(comm.rank());
    std::vector<Count> counts;
    if (mine < result.trials)
      if (const auto file = spike_file_in(run_directories[mine])) counts = count_spikes(*file, cells, bins);
    const char absent = mine < result.trials && counts.empty() && cells.size() > 0 ? 1 : 0;
    const auto all_absent = comm.all_gather(absent);
    std::vector<std::size_t> send_counts(ranks);
    const auto sorted = by_owner(counts, result.bins, cells.size(), comm, send_counts);
    const auto received =
        comm.all_to_all_v(std::span<const Count>(sorted), std::span<const std::size_t>(send_counts));
    auto from = received.items.begin();
    for (std::size_t rank = 0; rank < ranks && first + rank < result.trials; ++rank) {
      result.missing[first + rank] = all_absent[rank];
      const auto end = from + static_cast<std::ptrdiff_t>(received.counts[rank]);
      std::copy(from, end, result.values.begin() + static_cast<std::ptrdiff_t>((first + rank) * local));
      from = end;
    }
    const auto done = std::min(first + ranks, result.trials);
    if (progress.due())
      progress.update(static_cast<double>(done), fmt::format("{} of {} trials", done, result.trials));
  }
  progress.finish(fmt::format("{} trials, {} missing", result.trials, result.missing_count()));
  return result;
}

}  // namespace striate::metrics
