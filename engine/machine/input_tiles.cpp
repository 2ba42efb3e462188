// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/input_tiles.hpp"

#include <bit>
#include <limits>

#include "core/errors/error.hpp"

namespace striate::engine {
namespace {

/// Of the second-level cache; the rest is for synapses and neurons passing through.
constexpr std::size_t buffer_bytes = 512 * 1024;
constexpr std::size_t smallest_tile = 256;

}  // namespace

InputTiles make_input_tiles(const Neurons& neurons, std::uint32_t interval, std::uint32_t tile_lids) {
  const std::size_t ports = std::max<std::size_t>(neurons.most_ports(), 1);
  if (tile_lids == 0) {
    const std::size_t fitting = buffer_bytes / (interval * ports * sizeof(double));
    tile_lids = static_cast<std::uint32_t>(std::max(smallest_tile, std::bit_floor(fitting)));
  }
  InputTiles tiles;
  tiles.tile_lids = tile_lids;
  tiles.tiles = static_cast<std::uint32_t>((neurons.size() + tile_lids - 1) / tile_lids);
  // One cache line more than the lids, so that the ports of a neuron do not all fall into one cache set.
  const std::size_t stride = tile_lids + lanes;
  if (tiles.tiles * ports * stride > std::numeric_limits<std::uint32_t>::max())
    throw core::SystemError("too many neurons on one rank ({} with {} receptor ports) use more ranks",
                            neurons.size(), ports);
  tiles.port_stride = static_cast<std::uint32_t>(stride);
  tiles.tile_cells = static_cast<std::uint32_t>(ports * stride);
  tiles.slots = interval;
  tiles.weights.assign(std::size_t{interval} * tiles.tile_cells, 0.0);
  tiles.fired.resize(std::size_t{interval} * tile_lids);
  return tiles;
}

}  // namespace striate::engine
