// SPDX-License-Identifier: BSD-3-Clause
// Synaptic weight (pA) waiting for each step, port and neuron: planes [slot][port][lid], a slot per step,
// reused in a circle. All targets of one spike with one delay fall in one slot, and all of one port in one
// plane, which keeps scattered additions inside the second-level cache. Plane p holds only the neurons that
// own port p.
//
// Step index n reads and clears slot n mod slots. A spike with stamp s through delay d is added to the slot
// of step index s + d - 1: it then moves y1 at the end of that step.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/ids.hpp"
#include "engine/neurons.hpp"

namespace striate::engine {

struct InputRing {
  std::vector<double> weights;  ///< [slot][plane row]
  std::vector<std::uint32_t> port_offset;  ///< [port], where its plane starts inside a slot
  std::size_t stride = 0;  ///< weights per slot
  std::size_t slots = 0;

  std::size_t slot_start(core::Step step) const { return static_cast<std::size_t>(step) % slots * stride; }
  /// Place of (delay, port, lid) relative to the slot of the spike's stamp.
  std::uint32_t synapse_offset(std::uint32_t delay_steps, std::uint32_t port, core::Lid target) const {
    return static_cast<std::uint32_t>((delay_steps - 1) * stride + port_offset[port] + target.value);
  }
};

/// `interval` is the number of steps between deliveries. Throws SystemError when offsets would not fit 32
/// bits.
InputRing make_input_ring(const Neurons& neurons, std::uint32_t interval, std::uint32_t largest_delay);

}  // namespace striate::engine
