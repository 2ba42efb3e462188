// SPDX-License-Identifier: BSD-3-Clause
#include "engine/input_ring.hpp"

#include <limits>

#include "core/error.hpp"

namespace striate::engine {

InputRing make_input_ring(const Neurons& neurons, std::uint32_t interval, std::uint32_t largest_delay) {
  InputRing ring;
  std::size_t offset = 0;
  for (const auto count : neurons.lids_with_port) {
    ring.port_offset.push_back(static_cast<std::uint32_t>(offset));
    offset += count;
  }
  ring.stride = offset;
  // Stamps of an interval reach from its first step + 1 to its last, plus the longest delay - 1.
  ring.slots = interval + largest_delay;
  if (ring.slots * ring.stride > std::numeric_limits<std::uint32_t>::max())
    throw core::SystemError(
        "too many neurons on one rank for delays up to {} steps ({} neuron ports x {} slots exceed 2^32) use "
        "more ranks",
        largest_delay, ring.stride, ring.slots);
  ring.weights.assign(ring.slots * ring.stride, 0.0);
  return ring;
}

}  // namespace striate::engine
