// SPDX-License-Identifier: BSD-3-Clause
// Spikes of one kind of source on their way to the inputs of a tile. Nothing is delivered ahead: for the
// steps about to be done, begin_delivery() finds the segments of synapses whose delay ends in them, and
// deliver_to_tile() adds what belongs to a tile just before its neurons use it, while both are in the cache.
//
// Additions to one cell and step come in the order (stamp, row, weight): it depends neither on ranks nor on
// tiles nor on how steps are cut into calls.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "engine/machine/input_tiles.hpp"
#include "engine/machine/synapses.hpp"

namespace striate::engine {

/// A spike as the receiving rank sees it.
struct RowSpike {
  std::uint32_t row;
  core::Step stamp;
};

/// Part of a segment that no tile has used yet.
template <class Weight>
struct OpenSegment {
  const Synapse<Weight>* next;
  const Synapse<Weight>* end;
  std::uint32_t slot;
};

/// How segments reach tiles.
enum class DeliveryMethod {
  sweep,  ///< long segments: each tile takes the next piece of every segment
  bins,  ///< short ones: all synapses are first sorted into a list per tile
};

template <class Weight>
struct DeliveryWork {
  std::vector<OpenSegment<Weight>> segments;
  std::vector<std::vector<Synapse<Weight>>> bins;  ///< [tile]; `cell` counts from the tile's buffer
};

struct SpikeSource {
  SynapseTable synapses;
  std::vector<RowSpike> spikes;  ///< by (stamp, row), equal entries kept
  std::vector<std::size_t> next;  ///< [delay of the table], first spike not yet delivered through it
  DeliveryMethod method = DeliveryMethod::sweep;
  std::variant<DeliveryWork<float>, DeliveryWork<double>> work;
};

SpikeSource make_spike_source(SynapseTable synapses, const InputTiles& tiles);

/// Appends spikes, sorted, none earlier than those before; forgets those delivered through all delays.
void add_spikes(SpikeSource& source, std::span<const RowSpike> spikes);
/// All spikes of a run at once, from the start.
void set_spikes(SpikeSource& source, std::vector<RowSpike> spikes);

/// Prepares the steps [first, first + count), which must follow those of the call before. Returns the number
/// of synaptic events in them.
std::uint64_t begin_delivery(SpikeSource& source, const InputTiles& tiles, core::Step first,
                             std::uint32_t count);

/// Adds the events of one tile to tiles.weights. Tiles must come in order, each once.
void deliver_to_tile(SpikeSource& source, InputTiles& tiles, std::uint32_t tile);

}  // namespace striate::engine
