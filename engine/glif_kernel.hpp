// SPDX-License-Identifier: BSD-3-Clause
// Advances GLIF neurons with double-alpha synapses through several steps. Order of operations and of sums is
// NEST's (docs/neuron.md, "One step"); eight neurons advance side by side in vector registers, whose width is
// chosen at run time and does not change any result, because each lane does the same IEEE operations and
// nothing is contracted or reassociated.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ids.hpp"
#include "engine/input_ring.hpp"
#include "engine/neurons.hpp"

namespace striate::engine {

struct LocalSpike {
  core::Step stamp;
  core::Lid lid;
};

/// Runs step indices [first, first + count): reads and clears their ring slots, appends spikes (block by
/// block, not in time order).
void advance_neurons(Neurons& neurons, InputRing& ring, core::Step first, std::uint32_t count,
                     std::vector<LocalSpike>& spikes);

}  // namespace striate::engine
