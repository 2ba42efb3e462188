// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/delivery.hpp"

#include <algorithm>

namespace striate::engine {
namespace {

constexpr std::size_t cache_line = 64;
/// Segments further ahead are still on their way from memory when their turn comes; later lines of long ones
/// are left to the hardware.
constexpr std::size_t segments_ahead = 8;
constexpr std::size_t bytes_ahead = 1024;
constexpr std::size_t most_prefetched_lines = 8;
/// Spikes whose row index is fetched ahead.
constexpr std::size_t spikes_ahead = 16;
/// Below this many synapses per segment and tile, looking at every segment for every tile costs more than
/// binning.
constexpr double shortest_sweep = 6;
/// Spikes kept before those done with are dropped.
constexpr std::size_t kept_spikes = 1u << 12;

template <class Weight>
std::uint64_t open_segments(const SpikeSource& source, const SynapseRows<Weight>& synapses,
                            std::span<const RowSpike> spikes, std::size_t segment, std::uint32_t slot,
                            std::vector<OpenSegment<Weight>>& open) {
  const auto& table = source.synapses;
  const std::size_t segments = table.delays.size();
  std::uint64_t events = 0;
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    if (i + spikes_ahead < spikes.size()) {
      const std::size_t ahead = spikes[i + spikes_ahead].row;
      __builtin_prefetch(&table.row_begin[ahead]);
      __builtin_prefetch(&table.segment_end[ahead * segments + segment]);
    }
    const std::size_t row = spikes[i].row;
    const std::uint32_t* ends = &table.segment_end[row * segments];
    const std::uint32_t begin = segment == 0 ? 0 : ends[segment - 1];
    if (begin == ends[segment]) continue;
    const Synapse<Weight>* first = synapses.data() + table.row_begin[row];
    open.push_back({.next = first + begin, .end = first + ends[segment], .slot = slot});
    events += ends[segment] - begin;
  }
  return events;
}

template <class Weight>
void prefetch(const OpenSegment<Weight>& segment) {
  const auto* line = reinterpret_cast<const char*>(segment.next);
  const auto* end =
      std::min(reinterpret_cast<const char*>(segment.end), line + most_prefetched_lines * cache_line);
  for (; line < end; line += cache_line) __builtin_prefetch(line);
}

template <class Weight>
void fill_bins(DeliveryWork<Weight>& work, const InputTiles& tiles) {
  work.bins.resize(tiles.tiles);
  const auto& open = work.segments;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (i + segments_ahead < open.size()) prefetch(open[i + segments_ahead]);
    std::uint32_t tile = 0, tile_end = 0;
    std::vector<Synapse<Weight>>* bin = nullptr;
    std::uint32_t offset = 0;
    for (const auto* s = open[i].next; s != open[i].end; ++s) {
      if (s->cell >= tile_end) {
        tile = s->cell / tiles.tile_cells;
        tile_end = (tile + 1) * tiles.tile_cells;
        bin = &work.bins[tile];
        offset = open[i].slot * tiles.tile_cells - tile * tiles.tile_cells;
      }
      bin->push_back({.cell = s->cell + offset, .weight = s->weight});
    }
  }
}

template <class Weight>
void take_bin(std::vector<Synapse<Weight>>& bin, double* weights) {
  for (const auto& event : bin) weights[event.cell] += event.weight;
  bin.clear();
}

/// Adds the synapses from `s` on that lie in [first_cell, end_cell); returns the first that does not.
template <class Weight>
const Synapse<Weight>* add_cells(const Synapse<Weight>* s, const Synapse<Weight>* end,
                                 std::uint32_t first_cell, std::uint32_t end_cell, double* weights) {
  constexpr std::ptrdiff_t group = 8;
  for (; end - s >= group && s[group - 1].cell < end_cell; s += group) {
    __builtin_prefetch(reinterpret_cast<const char*>(s) + bytes_ahead);
    for (std::ptrdiff_t i = 0; i < group; ++i) weights[s[i].cell - first_cell] += s[i].weight;
  }
  for (; s != end && s->cell < end_cell; ++s) weights[s->cell - first_cell] += s->weight;
  return s;
}

template <class Weight>
void sweep(DeliveryWork<Weight>& work, InputTiles& tiles, std::uint32_t tile) {
  const std::uint32_t first_cell = tile * tiles.tile_cells;
  const std::uint32_t end_cell = first_cell + tiles.tile_cells;
  auto& open = work.segments;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (i + segments_ahead < open.size()) __builtin_prefetch(open[i + segments_ahead].next);
    double* weights = tiles.weights.data() + std::size_t{open[i].slot} * tiles.tile_cells;
    open[i].next = add_cells(open[i].next, open[i].end, first_cell, end_cell, weights);
  }
}

}  // namespace

SpikeSource make_spike_source(SynapseTable synapses, const InputTiles& tiles) {
  SpikeSource source;
  std::size_t segments = 0;
  std::uint32_t end = 0;
  for (std::size_t i = 0; i < synapses.segment_end.size(); ++i) {
    const std::uint32_t begin = i % synapses.delays.size() == 0 ? 0 : end;
    end = synapses.segment_end[i];
    segments += end != begin;
  }
  const double per_tile = static_cast<double>(synapses.size()) /
                          std::max(1.0, static_cast<double>(segments) * static_cast<double>(tiles.tiles));
  source.method = per_tile < shortest_sweep ? DeliveryMethod::bins : DeliveryMethod::sweep;
  if (synapses.synapses.index() == 1) source.work.emplace<DeliveryWork<double>>();
  source.next.assign(synapses.delays.size(), 0);
  source.synapses = std::move(synapses);
  return source;
}

void add_spikes(SpikeSource& source, std::span<const RowSpike> spikes) {
  const std::size_t done = source.next.empty() ? source.spikes.size() : std::ranges::min(source.next);
  if (done >= kept_spikes) {
    source.spikes.erase(source.spikes.begin(), source.spikes.begin() + static_cast<std::ptrdiff_t>(done));
    for (auto& next : source.next) next -= done;
  }
  source.spikes.insert(source.spikes.end(), spikes.begin(), spikes.end());
}

void set_spikes(SpikeSource& source, std::vector<RowSpike> spikes) {
  source.spikes = std::move(spikes);
  source.next.assign(source.synapses.delays.size(), 0);
}

std::uint64_t begin_delivery(SpikeSource& source, const InputTiles& tiles, core::Step first,
                             std::uint32_t count) {
  return std::visit(
      [&]<class Weight>(DeliveryWork<Weight>& work) {
        const auto& synapses = std::get<SynapseRows<Weight>>(source.synapses.synapses);
        const auto& spikes = source.spikes;
        work.segments.clear();
        std::uint64_t events = 0;
        // Long delays first: that is rising stamps.
        for (std::uint32_t slot = 0; slot < count; ++slot)
          for (std::size_t segment = source.next.size(); segment-- > 0;) {
            // A spike with stamp s through delay d is read by step index s + d - 1.
            const core::Step stamp = first + slot + 1 - core::Step{source.synapses.delays[segment]};
            std::size_t& next = source.next[segment];
            while (next < spikes.size() && spikes[next].stamp < stamp) ++next;
            const std::size_t begin = next;
            while (next < spikes.size() && spikes[next].stamp == stamp) ++next;
            events += open_segments(source, synapses, std::span(spikes).subspan(begin, next - begin), segment,
                                    slot, work.segments);
          }
        if (source.method == DeliveryMethod::bins) fill_bins(work, tiles);
        return events;
      },
      source.work);
}

void deliver_to_tile(SpikeSource& source, InputTiles& tiles, std::uint32_t tile) {
  std::visit(
      [&](auto& work) {
        if (source.method == DeliveryMethod::bins)
          take_bin(work.bins[tile], tiles.weights.data());
        else
          sweep(work, tiles, tile);
      },
      source.work);
}

}  // namespace striate::engine
