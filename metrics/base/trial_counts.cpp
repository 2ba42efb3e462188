// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/trial_counts.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/progress.hpp"
#include "io/generation/generation.hpp"

namespace striate::metrics {
namespace {

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

std::string text_of(const TimeBins& bins) {
  if (bins.slots) return fmt::format("its {} slots of time", bins.slots->count);
  std::vector<std::string> texts;
  for (const auto& window : bins.windows) texts.push_back(to_text(window));
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// Of all cells. Collective.
std::uint64_t all_spikes(const TrialCounts& counts, const core::Comm& comm) {
  std::uint64_t sum = 0;
  for (const auto count : counts.values) sum += count;
  const auto sums = comm.all_gather(sum);
  return std::accumulate(sums.begin(), sums.end(), std::uint64_t{0});
}

}  // namespace

std::optional<std::filesystem::path> spike_file_in(const std::filesystem::path& run_directory) {
  for (const char* name : {"spikes.h5", "spikes.csv"})
    if (std::error_code ignored; std::filesystem::exists(run_directory / name, ignored))
      return run_directory / name;
  return std::nullopt;
}

void visit_v1_spikes(const std::filesystem::path& file, const Cells& cells, const VisitSpikes& visit) {
  io::require_made_with(cells.network, file);
  std::vector<std::uint32_t> rows;
  io::SpikeTrains kept;  // of cells with a row
  const auto with_rows = [&](const io::SpikeTrains& spikes) {
    rows.clear();
    kept = {};
    for (std::size_t i = 0; i < spikes.size(); ++i) {
      const auto id = spikes.node_id[i];
      if (std::ranges::binary_search(cells.left_out, id)) continue;
      rows.push_back(cells.require_row(id, [&] { return "the spikes of " + file.string(); }));
      if (cells.left_out.empty()) continue;
      kept.time_ms.push_back(spikes.time_ms[i]);
      kept.node_id.push_back(id);
    }
    visit(cells.left_out.empty() ? spikes : kept, rows);
  };
  if (file.extension() == ".csv")
    with_rows(io::read_spikes_csv(file, core::v1_population));
  else
    io::visit_spikes_h5(file, core::v1_population, with_rows);
}

std::vector<Count> count_spikes(const std::filesystem::path& file, const Cells& cells, const TimeBins& bins) {
  std::vector<Count> counts(bins.size() * cells.size(), 0);
  const auto& windows = bins.windows;
  const bool apart = std::ranges::adjacent_find(windows, [](const Window& a, const Window& b) {
                       return a.end_ms > b.begin_ms || (a.end == End::closed && b.begin == End::closed);
                     }) == windows.end();
  visit_v1_spikes(file, cells, [&](const io::SpikeTrains& spikes, std::span<const std::uint32_t> rows) {
    for (std::size_t i = 0; i < spikes.size(); ++i) {
      const auto count_in = [&](std::size_t bin) {
        count_up(counts[bin * cells.size() + rows[i]], file, spikes.node_id[i]);
      };
      if (bins.slots) {
        if (const auto slot = bins.slots->index(spikes.time_ms[i])) count_in(*slot);
        continue;
      }
      if (!apart) {
        for (std::size_t bin = 0; bin < windows.size(); ++bin)
          if (windows[bin].contains(spikes.time_ms[i])) count_in(bin);
        continue;
      }
      // In the last window that begins here or before; where it leaves its begin out, the one before may end
      // here.
      auto at = std::ranges::upper_bound(windows, spikes.time_ms[i], {}, &Window::begin_ms);
      for (int back = 0; back < 2 && at != windows.begin(); ++back)
        if ((--at)->contains(spikes.time_ms[i])) {
          count_in(static_cast<std::size_t>(at - windows.begin()));
          break;
        }
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
  const auto present = result.trials - result.missing_count();
  if (present != 0 && cells.size() != 0 && all_spikes(result, comm) == 0)
    core::log::warning(
        "no spike of {} run(s) such as {} lies in {} (is the run shorter, or are times in seconds? they are "
        "in ms)",
        present,
        run_directories[static_cast<std::size_t>(std::ranges::find(result.missing, 0) -
                                                 result.missing.begin())],
        text_of(bins));
  return result;
}

}  // namespace striate::metrics
