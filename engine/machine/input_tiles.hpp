// SPDX-License-Identifier: BSD-3-Clause
// Synaptic weight (pA) that arrives in the steps now being done. Neurons are worked on tile by tile (a tile
// is a range of lids): the input of one tile for these steps is gathered in a buffer that stays in the
// second-level cache, used and cleared by the neurons' update, and then serves the next tile. So no ring of
// past and future input of all neurons exists, and none streams through memory.
//
// A cell is a place for one (port, lid). Cells of one tile are contiguous, so synapses sorted by cell are
// sorted by tile. Nothing computed depends on the tile's size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/values/huge_vector.hpp"
#include "core/values/ids.hpp"
#include "engine/machine/kernel_arguments.hpp"
#include "engine/machine/neurons.hpp"

namespace striate::engine {

struct InputTiles {
  std::uint32_t tile_lids = lanes;  ///< lids of a tile, a multiple of `lanes`
  std::uint32_t tiles = 0;
  std::uint32_t port_stride = 0;  ///< cells from one port to the next
  std::uint32_t tile_cells = 0;  ///< cells of a tile, for one step
  std::uint32_t slots = 0;  ///< most steps done at once
  core::HugeVector<double> weights;  ///< [slot][port][lid in tile], all zero between tiles
  std::vector<KernelSpike> fired;  ///< room for the spikes of a tile in these steps

  std::uint32_t cell(std::uint32_t port, core::Lid target) const {
    return target.value / tile_lids * tile_cells + port * port_stride + target.value % tile_lids;
  }
  std::uint64_t cells() const { return std::uint64_t{tiles} * tile_cells; }
  std::uint32_t first_lid(std::uint32_t tile) const { return tile * tile_lids; }
  std::uint32_t end_lid(std::uint32_t tile, std::size_t lids) const {
    return static_cast<std::uint32_t>(std::min<std::size_t>(lids, first_lid(tile) + std::size_t{tile_lids}));
  }
};

/// `interval` is the largest number of steps done at once. `tile_lids` 0 chooses a size that suits the cache.
/// Throws SystemError when cells would not fit 32 bits.
InputTiles make_input_tiles(const Neurons& neurons, std::uint32_t interval, std::uint32_t tile_lids = 0);

}  // namespace striate::engine
