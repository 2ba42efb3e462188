// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/edge_index.hpp"

#include <algorithm>
#include <numeric>

#include "core/ranks/local_count.hpp"

namespace striate::builder {
namespace {

/// A run of a rank's rows on its way to the owner of its source.
struct Run {
  std::uint32_t first, count;
};

/// How far ahead places in memory are asked for that follow no order.
constexpr std::size_t ahead = 24;

SourceIndex::SortedRuns sort_runs(const EdgeRows& rows, std::uint64_t sources) {
  core::require_local_count(rows.rows(), "edges");
  SourceIndex::SortedRuns sorted;
  sorted.start.assign(sources + 1, 0);
  for (const auto source : rows.source)
    if ((source & run_start) != 0) ++sorted.start[(source & ~run_start) + 1];
  std::partial_sum(sorted.start.begin(), sorted.start.end(), sorted.start.begin());
  sorted.row.resize(sorted.start.back());
  auto next = sorted.start;
  const auto* source = rows.source.data();
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (row + ahead < rows.rows())
      __builtin_prefetch(sorted.row.data() + next[source[row + ahead] & ~run_start], 1);
    if ((source[row] & run_start) != 0)
      sorted.row[next[source[row] & ~run_start]++] = static_cast<std::uint32_t>(row);
  }
  return sorted;
}

Run run_at(const EdgeRows& rows, std::uint32_t row) {
  std::uint64_t end = row;
  do ++end;
  while (end < rows.rows() && (rows.source[end] & run_start) == 0);
  return {row, static_cast<std::uint32_t>(end - row)};
}

/// Numbers of runs of the sources that this rank owns, by sending rank and source.
std::vector<std::uint32_t> exchange_counts(const SourceIndex::SortedRuns& sorted, std::uint64_t sources,
                                           const core::Comm& comm) {
  std::vector<std::uint32_t> counts(sources);
  for (std::size_t s = 0; s < sources; ++s)
    counts[s] = static_cast<std::uint32_t>(sorted.start[s + 1] - sorted.start[s]);
  std::vector<std::size_t> sizes;
  for (int rank = 0; rank < comm.size(); ++rank)
    sizes.push_back(core::contiguous_share(sources, rank, comm.size()).count());
  return comm.all_to_all_v<std::uint32_t>(counts, sizes).items;
}

/// Bounds of the slabs in which an owner receives its sources: at most `most_runs` runs each, where one
/// source allows.
std::vector<std::uint64_t> make_slabs(const std::vector<std::uint64_t>& runs_of, std::uint64_t first) {
  constexpr std::uint64_t most_runs = 1 << 17;  // 2 MB in flight: what fits the cache is not fetched again
  std::vector<std::uint64_t> bounds{first};
  std::uint64_t sum = 0;
  for (std::size_t s = 0; s < runs_of.size(); ++s) {
    if (sum != 0 && sum + runs_of[s] > most_runs) {
      bounds.push_back(first + s);
      sum = 0;
    }
    sum += runs_of[s];
  }
  bounds.push_back(first + runs_of.size());
  return bounds;
}

}  // namespace

SourceIndex::SourceIndex(const EdgeRows& rows, std::uint64_t first_row, std::uint64_t sources,
                         const core::Comm& comm)
    : rows_(rows),
      first_row_(first_row),
      comm_(comm),
      sorted_(sort_runs(rows, sources)),
      mine_(core::contiguous_share(sources, comm.rank(), comm.size())),
      counts_(exchange_counts(sorted_, sources, comm)),
      runs_of_(mine_.count(), 0) {
  for (std::size_t rank = 0; rank < static_cast<std::size_t>(comm.size()); ++rank)
    for (std::size_t s = 0; s < mine_.count(); ++s) runs_of_[s] += counts_[rank * mine_.count() + s];
  const auto my_runs =
      static_cast<std::int64_t>(std::accumulate(runs_of_.begin(), runs_of_.end(), std::uint64_t{0}));
  first_run_ = static_cast<std::uint64_t>(comm.sum_before(my_runs));
  total_runs_ = static_cast<std::uint64_t>(comm.sum(my_runs));
}

std::vector<std::uint64_t> SourceIndex::runs_of_sources() const {
  std::vector<std::uint64_t> ranges;
  for (std::uint64_t s = 0, next = first_run_; s < mine_.count(); next += runs_of_[s], ++s)
    ranges.insert(ranges.end(), {runs_of_[s] == 0 ? 0 : next, runs_of_[s] == 0 ? 0 : next + runs_of_[s]});
  return comm_.gather_v<std::uint64_t>(ranges);
}

template <class Row>
void SourceIndex::for_each_piece(const Piece<Row>& piece) const {
  const auto ranks = static_cast<std::size_t>(comm_.size());
  const auto first_rows = comm_.all_gather(first_row_);
  // Everyone must know everyone's slabs: pad to the same number and gather.
  auto slabs = make_slabs(runs_of_, mine_.first);
  const auto rounds = static_cast<std::size_t>(comm_.max(static_cast<std::int64_t>(slabs.size()))) - 1;
  slabs.resize(rounds + 1, slabs.back());
  const auto all_slabs = comm_.all_gather_v<std::uint64_t>(slabs);
  auto place = first_run_;
  std::vector<Run> outgoing;
  std::vector<Row> ranges;
  for (std::size_t round = 0; round < rounds; ++round) {
    outgoing.clear();
    std::vector<std::size_t> outgoing_counts;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const auto* bounds = all_slabs.data() + rank * (rounds + 1) + round;
      const auto end = sorted_.start[bounds[1]];
      for (auto i = sorted_.start[bounds[0]]; i < end; ++i) {
        if (i + ahead < end) __builtin_prefetch(rows_.source.data() + sorted_.row[i + ahead]);
        outgoing.push_back(run_at(rows_, sorted_.row[i]));
      }
      outgoing_counts.push_back(end - sorted_.start[bounds[0]]);
    }
    const auto received = comm_.all_to_all_v<Run>(outgoing, outgoing_counts);
    std::vector<std::size_t> next(ranks, 0);
    for (std::size_t rank = 1; rank < ranks; ++rank) next[rank] = next[rank - 1] + received.counts[rank - 1];
    ranges.resize(2 * received.items.size());
    auto* out = ranges.data();
    for (auto s = slabs[round]; s < slabs[round + 1]; ++s)
      for (std::size_t rank = 0; rank < ranks; ++rank)
        for (auto n = counts_[rank * mine_.count() + (s - mine_.first)]; n != 0; --n) {
          const auto& run = received.items[next[rank]++];
          const auto first = first_rows[rank] + run.first;
          *out++ = static_cast<Row>(first);
          *out++ = static_cast<Row>(first + run.count);
        }
    piece(place, ranges);
    place += ranges.size() / 2;
  }
}

template void SourceIndex::for_each_piece(const Piece<std::uint8_t>&) const;
template void SourceIndex::for_each_piece(const Piece<std::uint16_t>&) const;
template void SourceIndex::for_each_piece(const Piece<std::uint32_t>&) const;
template void SourceIndex::for_each_piece(const Piece<std::uint64_t>&) const;

}  // namespace striate::builder
