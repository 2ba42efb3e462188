// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/conditions/responses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/progress.hpp"
#include "core/values/nan.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;

/// The presentations of each run: a contiguous part of them.
std::vector<core::Share> by_run(const ShownConditions& shown) {
  std::vector<core::Share> shares(shown.runs.size(), core::Share{0, 0});
  for (std::size_t i = 0; i < shown.presentations.size(); ++i) {
    auto& share = shares[shown.presentations[i].run];
    if (share.first == share.end) share = {i, i};
    share.end = i + 1;
  }
  return shares;
}

/// Spikes of one file in the order of the file, for presentations that do not overlap.
std::vector<ResponseSpike> read_run(const std::filesystem::path& file, const ShownConditions& shown,
                                    core::Share own, const Cells& cells) {
  std::vector<ResponseSpike> kept;
  const std::span presentations(shown.presentations.data() + own.first, own.count());
  visit_v1_spikes(file, cells, [&](const io::SpikeTrains& spikes, std::span<const std::uint32_t> rows) {
    for (std::size_t i = 0; i < spikes.size(); ++i) {
      const double time = spikes.time_ms[i];
      auto at = std::ranges::upper_bound(presentations, time, {},
                                         [](const auto& each) { return each.window.begin_ms; });
      // The last that begins at this time or before; where it leaves its begin out, the one before may end
      // here.
      for (int back = 0; back < 2 && at != presentations.begin(); ++back) {
        --at;
        if (!at->window.contains(time)) continue;
        kept.push_back(
            {rows[i],
             static_cast<std::uint32_t>(own.first + static_cast<std::size_t>(at - presentations.begin())),
             time});
        break;
      }
    }
  });
  return kept;
}

/// To the ranks that own the cells.
std::vector<ResponseSpike> exchanged(std::vector<ResponseSpike> spikes, std::size_t cells,
                                     const core::Comm& comm, std::vector<std::size_t>& counts) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  if (ranks == 1) {
    counts = {spikes.size()};
    return spikes;
  }
  std::vector<std::size_t> ends, to(ranks, 0);
  for (int rank = 0; rank < comm.size(); ++rank)
    ends.push_back(core::contiguous_share(cells, rank, comm.size()).end);
  const auto owner = [&](const ResponseSpike& spike) {
    return static_cast<std::size_t>(std::ranges::upper_bound(ends, spike.cell) - ends.begin());
  };
  std::ranges::stable_sort(spikes, {}, owner);
  for (const auto& spike : spikes) ++to[owner(spike)];
  auto received = comm.all_to_all_v(std::span<const ResponseSpike>(spikes), std::span<const std::size_t>(to));
  counts = std::move(received.counts);
  return std::move(received.items);
}

/// What one cell did at its condition.
struct CycleSums {
  double relative = 0;  ///< summed over presentations with spikes
  std::uint64_t presentations = 0;
  Harmonic pooled;
};

std::vector<char> visit_runs(const ShownConditions& shown, const Cells& cells, const core::Comm& comm,
                             const VisitRun& visit) {
  const auto shares = by_run(shown);
  const auto runs = shown.runs.size(), ranks = static_cast<std::size_t>(comm.size());
  std::vector<char> missing(runs, 0);
  core::Progress progress("reading spikes", static_cast<double>(runs), core::shows_progress(comm));
  for (std::size_t first = 0; first < runs; first += ranks) {
    const auto mine = first + static_cast<std::size_t>(comm.rank());
    std::vector<ResponseSpike> spikes;
    char absent = 0;
    if (mine < runs) {
      const auto file = spike_file_in(shown.runs[mine]);
      absent = file ? 0 : 1;
      if (file) spikes = read_run(*file, shown, shares[mine], cells);
    }
    const auto all_absent = comm.all_gather(absent);
    std::vector<std::size_t> counts;
    const auto own = exchanged(std::move(spikes), cells.size(), comm, counts);
    std::size_t from = 0;
    for (std::size_t rank = 0; rank < ranks && first + rank < runs; ++rank) {
      missing[first + rank] = all_absent[rank];
      if (all_absent[rank] == 0) visit(first + rank, std::span(own).subspan(from, counts[rank]));
      from += counts[rank];
    }
    const auto done = std::min(first + ranks, runs);
    if (progress.due()) progress.update(static_cast<double>(done), fmt::format("{} of {} runs", done, runs));
  }
  progress.finish(fmt::format("{} runs, {} missing", runs, std::ranges::count(missing, 1)));
  return missing;
}

}  // namespace

SpikeSource spikes_of_runs(const ShownConditions& shown, const Cells& cells, const core::Comm& comm) {
  return [&](const VisitRun& visit) { return visit_runs(shown, cells, comm, visit); };
}

double ConditionResponses::mean(std::size_t local, std::size_t condition) const {
  return trials[condition] == 0 ? nan : at(local, condition).rates / static_cast<double>(trials[condition]);
}

double ConditionResponses::deviation(std::size_t local, std::size_t condition) const {
  if (trials[condition] == 0) return nan;
  const auto n = static_cast<double>(trials[condition]);
  const auto& sum = at(local, condition);
  const auto counts = static_cast<double>(sum.counts), squares = static_cast<double>(sum.squares);
  return std::sqrt(std::max(n * squares - counts * counts, 0.0)) / seconds[condition];
}

double ConditionResponses::fano(std::size_t local, std::size_t condition) const {
  const auto& sum = at(local, condition);
  if (trials[condition] == 0 || sum.counts == 0) return nan;
  const auto n = static_cast<double>(trials[condition]);
  const auto counts = static_cast<double>(sum.counts), squares = static_cast<double>(sum.squares);
  return (n * squares - counts * counts) / (n * counts);
}

std::size_t ConditionResponses::missing_count() const {
  return static_cast<std::size_t>(std::ranges::count(missing, 1));
}

ConditionResponses condition_responses(const ShownConditions& shown, std::size_t cells,
                                       const SpikeSource& source, const core::Comm& comm) {
  const auto conditions = shown.conditions.size();
  const auto shares = by_run(shown);
  ConditionResponses result{.cells = core::contiguous_share(cells, comm.rank(), comm.size()),
                            .missing = {},
                            .trials = std::vector<std::uint64_t>(conditions, 0),
                            .seconds = std::vector<double>(conditions, 0),
                            .sums = {}};
  const auto local = result.cells.count();
  result.sums.resize(local * conditions);
  std::vector<std::uint32_t> counts;  // [presentation of the run * local + cell]
  result.missing = source([&](std::size_t run, std::span<const ResponseSpike> spikes) {
    counts.assign(shares[run].count() * local, 0);
    for (const auto& spike : spikes)
      ++counts[(spike.presentation - shares[run].first) * local + spike.cell - result.cells.first];
    for (auto i = shares[run].first; i < shares[run].end; ++i) {
      const auto condition = shown.presentations[i].condition;
      const double seconds = shown.presentations[i].window.seconds();
      ++result.trials[condition];
      result.seconds[condition] += seconds;
      for (std::size_t cell = 0; cell < local; ++cell) {
        const std::uint64_t count = counts[(i - shares[run].first) * local + cell];
        auto& sum = result.sums[cell * conditions + condition];
        sum.rates += static_cast<double>(count) / seconds;
        sum.counts += count;
        sum.squares += count * count;
      }
    }
  });
  return result;
}

std::vector<CycleResponse> cycle_responses(const ShownConditions& shown, std::size_t cells,
                                           const SpikeSource& source,
                                           std::span<const std::optional<std::size_t>> chosen,
                                           const core::Comm& comm) {
  const auto share = core::contiguous_share(cells, comm.rank(), comm.size());
  // Whole cycles (s) and whole ms of a condition's shortest presentation.
  std::vector<double> lengths(shown.conditions.size(), 0);
  for (const auto& presentation : shown.presentations) {
    auto& length = lengths[presentation.condition];
    const double own = presentation.window.seconds();
    length = length == 0 ? own : std::min(length, own);
  }
  std::vector<double> whole(shown.conditions.size(), 0);
  std::vector<std::size_t> bins(shown.conditions.size(), 0);
  constexpr double nearly = 1e-9;  // 2.5 s of 2 Hz are 5 cycles, whatever rounding makes of it
  for (std::size_t c = 0; c < whole.size(); ++c) {
    bins[c] = static_cast<std::size_t>(std::floor(1000 * lengths[c] + nearly));
    if (const auto frequency = shown.conditions[c].frequency_hz)
      whole[c] = std::floor(lengths[c] * *frequency + nearly) / *frequency;
  }
  std::vector<CycleSums> sums(share.count());
  std::vector<std::vector<double>> trains(share.count());
  for (std::size_t cell = 0; cell < share.count(); ++cell)
    if (chosen[cell] && shown.conditions[*chosen[cell]].frequency_hz)
      trains[cell].assign(bins[*chosen[cell]], 0);
  std::vector<ResponseSpike> own;
  source([&](std::size_t, std::span<const ResponseSpike> spikes) {
    own.clear();
    for (const auto& spike : spikes)
      if (const auto& at = chosen[spike.cell - share.first];
          at && *at == shown.presentations[spike.presentation].condition &&
          shown.conditions[*at].frequency_hz)
        own.push_back(spike);
    // By cell and presentation; sums in the order of times, whatever the file's order.
    std::ranges::sort(own, {},
                      [](const ResponseSpike& s) { return std::tuple(s.cell, s.presentation, s.time_ms); });
    for (std::size_t first = 0, end = 0; first < own.size(); first = end) {
      const auto local = own[first].cell - share.first;
      const auto& presentation = shown.presentations[own[first].presentation];
      const auto condition = presentation.condition;
      const double frequency = *shown.conditions[condition].frequency_hz;
      Harmonic harmonic;
      for (; end < own.size() && own[end].cell == own[first].cell &&
             own[end].presentation == own[first].presentation;
           ++end) {
        const double since_ms = own[end].time_ms - presentation.window.begin_ms;
        if (const auto bin = static_cast<std::size_t>(since_ms); bin < bins[condition])
          trains[local][bin] += 1;
        if (since_ms < 1000 * whole[condition]) harmonic.add(since_ms / 1000 * frequency);
      }
      if (harmonic.spikes == 0) continue;
      sums[local].relative += harmonic.relative();
      ++sums[local].presentations;
      sums[local].pooled.add(harmonic);
    }
  });
  std::vector<CycleResponse> responses;
  for (std::size_t cell = 0; cell < share.count(); ++cell) {
    const auto& sum = sums[cell];
    CycleResponse response{nan, nan, nan};
    if (sum.presentations > 0) response.f1_f0 = sum.relative / static_cast<double>(sum.presentations);
    if (!trains[cell].empty()) {
      const auto& condition = shown.conditions[*chosen[cell]];
      if (condition.same_phase) response.f1_f0_pooled = sum.pooled.relative();
      response.modulation_index = modulation_index(trains[cell], *condition.frequency_hz);
    }
    responses.push_back(response);
  }
  return responses;
}

}  // namespace striate::metrics
