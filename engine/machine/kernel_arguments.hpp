// SPDX-License-Identifier: BSD-3-Clause
// What the compiled kernels get: plain pointers and numbers. The files glif_kernel_v*.cpp are compiled for
// one instruction set each and may therefore not instantiate inline functions that others share (the linker
// keeps one copy, and it must run everywhere); so neither containers nor other library types appear here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/machine/model/propagators.hpp"

namespace striate::core {
enum class Isa;
}

namespace striate::engine {

/// Variables of the synaptic state of one port and neuron: fast y1, y2, slow y1, y2; z1, z2 of
/// AlphaPropagator where ports are merged.
inline constexpr std::size_t port_variables = 4;

/// How many steps the merged kernels do at once where they can. With Ports::merged_single synaptic state is
/// rounded whenever as many steps, or a multiple, are done since the start of the run.
inline constexpr std::uint32_t steps_in_registers = 4;

struct KernelSpike {
  std::uint32_t step;  ///< since the first
  std::uint32_t lid;
};

/// A run of neurons of one cell model.
struct KernelArguments {
  const Propagators* model;
  const PortPropagator* ports;
  std::size_t port_count;
  std::uint32_t first_lid, end_lid;  ///< whole blocks
  std::uint32_t count;  ///< steps
  bool record_currents;
  // Indexed by lid:
  double *v, *theta_spike, *theta_voltage, *asc[2], *i_syn, *asc_sum;
  const double* i_ext;  ///< nullptr where no current is injected
  std::int16_t* refractory;
  double* synapses;  ///< of first_lid
  float* single_synapses;  ///< instead, with Ports::merged_single
  double* inputs;  ///< of first_lid, port 0, first step
  std::size_t port_stride, slot_stride;
  KernelSpike* spikes;  ///< room for one per neuron and step
  std::uint32_t* lost;  ///< lowered to the first lid whose state is no longer finite
};

/// Return the number of spikes.
using Kernel = std::size_t (*)(const KernelArguments&);
struct Kernels {
  Kernel reference, merged, merged_single;
};
extern const Kernels kernels_baseline, kernels_v3, kernels_v4;
/// One of glif_kernel_x86.cpp and glif_kernel_arm.cpp is compiled (CMakeLists.txt).
const Kernels& kernels_for(core::Isa isa);

}  // namespace striate::engine
