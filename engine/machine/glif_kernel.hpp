// SPDX-License-Identifier: BSD-3-Clause
// Advances GLIF neurons with double-alpha synapses through several steps. Eight neurons advance side by side
// in vector registers, whose width is chosen at run time and does not change any result: each lane does the
// same IEEE operations, nothing is contracted or reassociated by the compiler.
//
// Ports::reference follows the order of operations and sums of NEST (docs/neuron.md, "One step").
// Ports::merged keeps several steps of a port in registers and uses fused multiply-adds (docs/neuron.md,
// "Merged ports").
#pragma once

#include <cstdint>
#include <vector>

#include "core/processor/instruction_sets.hpp"
#include "core/values/ids.hpp"
#include "engine/machine/input_tiles.hpp"
#include "engine/machine/neurons.hpp"

namespace striate::engine {

struct LocalSpike {
  core::Step stamp;
  core::Lid lid;
};

/// Runs step indices [first, first + count) for the neurons of one tile: uses and clears its inputs, appends
/// spikes (block by block, not in time order). `count` is at most inputs.slots. Throws LostState when a
/// neuron is no longer finite.
void advance_tile(Neurons& neurons, InputTiles& inputs, std::uint32_t tile, core::Step first,
                  std::uint32_t count, std::vector<LocalSpike>& spikes, core::Isa isa = core::best_isa());

}  // namespace striate::engine
