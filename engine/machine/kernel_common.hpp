// SPDX-License-Identifier: BSD-3-Clause
// Vectors of lanes and what both kernels do with them. In memory neurons lie in blocks of eight; a vector
// holds as many of a block as a register of the instruction set does, so that state stays in registers.
// Everything has internal linkage, because each including file is compiled for another instruction set. An
// Isa type gives these vectors, fma, any_lane, and changes between numbers and such as memory keeps
// in fewer bytes.
#pragma once

#include "core/values/lanes_in_memory.hpp"
#include "engine/machine/kernel_arguments.hpp"

namespace striate::engine {
namespace {

constexpr std::size_t width = 8;  // neurons of a block

using core::read_lanes;
using core::write_lanes;

template <class Real>
[[gnu::always_inline]] inline Real all_lanes(double x) {
  return x - Real{};
}

enum class Threshold { fixed, spike_dependent };
enum class AfterSpikeCurrents { off, on };
enum class Adaptation { off, on };
enum class Currents { unrecorded, recorded };

/// Runs `Block`, which treats `lanes` neurons, over all blocks. `synapses`: of the first neuron.
template <std::size_t lanes, template <Threshold, AfterSpikeCurrents, Adaptation, Currents> class Block,
          Threshold threshold, AfterSpikeCurrents currents, Adaptation adaptation, class Stored>
[[gnu::always_inline]] inline std::size_t run_blocks(const KernelArguments& n, Stored* synapses) {
  std::size_t spikes = 0;
  double* inputs = n.inputs;
  for (std::size_t lid = n.first_lid; lid < n.end_lid; lid += width) {
    for (std::size_t lane = 0; lane < width; lane += lanes)
      if (n.record_currents)
        spikes = Block<threshold, currents, adaptation, Currents::recorded>::run(
            n, lid + lane, synapses + lane, inputs + lane, spikes);
      else
        spikes = Block<threshold, currents, adaptation, Currents::unrecorded>::run(
            n, lid + lane, synapses + lane, inputs + lane, spikes);
    synapses += n.port_count * port_variables * width;
    inputs += width;
  }
  return spikes;
}

/// Chooses the instance of `Block` for the model's variant.
template <std::size_t lanes, template <Threshold, AfterSpikeCurrents, Adaptation, Currents> class Block,
          class Stored>
std::size_t run_variant(const KernelArguments& n, Stored* synapses) {
  using enum Threshold;
  using Asc = AfterSpikeCurrents;
  const Propagators& p = *n.model;
  if (!p.spike_dependent_threshold && !p.after_spike_currents)
    return run_blocks<lanes, Block, fixed, Asc::off, Adaptation::off>(n, synapses);  // GLIF1
  if (!p.after_spike_currents)
    return run_blocks<lanes, Block, spike_dependent, Asc::off, Adaptation::off>(n, synapses);  // GLIF2
  if (!p.spike_dependent_threshold)
    return run_blocks<lanes, Block, fixed, Asc::on, Adaptation::off>(n, synapses);  // GLIF3
  if (!p.adapting_threshold)
    return run_blocks<lanes, Block, spike_dependent, Asc::on, Adaptation::off>(n, synapses);  // GLIF4
  return run_blocks<lanes, Block, spike_dependent, Asc::on, Adaptation::on>(n, synapses);  // GLIF5
}

}  // namespace
}  // namespace striate::engine
