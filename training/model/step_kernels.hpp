// SPDX-License-Identifier: BSD-3-Clause
// What the compiled kernels of the trainer get: plain pointers and numbers. The files step_kernels_v*.cpp are
// compiled for one instruction set each and may not instantiate inline functions that others share, so no
// containers appear here. Eight trials lie side by side everywhere (unused ones hold whatever and are never
// added to anything); each lane does the same IEEE operations whatever the width of registers, nothing is
// contracted or reassociated, so bits do not depend on the instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "training/model/cell_constants.hpp"
#include "training/model/model_options.hpp"

namespace striate::core {
enum class Isa;
}

namespace striate::training {

inline constexpr std::size_t lanes = 8;  ///< trials side by side
inline constexpr std::size_t most_block_steps = 3;

/// State of a cell: v, two after-spike currents, rise and fall of four basis currents, refractory steps left,
/// last spikes, sum of the voltage loss; each for all lanes.
enum StateVariable : std::size_t {
  state_v = 0,
  state_asc = 1,
  state_rise = 3,
  state_fall = 7,
  state_refractory = 11,
  state_spike = 12,
  state_loss = 13,
  state_variables = 14
};
/// Adjoints of a cell: of the new voltage, after-spike currents, rise, fall.
enum AdjointVariable : std::size_t {
  adjoint_v = 0,
  adjoint_asc = 1,
  adjoint_rise = 3,
  adjoint_fall = 7,
  adjoint_variables = 11
};

/// A sum of inputs with one shape of synapse, part of a cell's input.
template <class Real>
struct InputSlot {
  std::uint32_t first_edge, end_edge;
  Real basis[basis_count];
};

/// Where the adjoint of one (cell, shape, delay) is found by the synapses that share it.
template <class Real>
struct CreditSlot {
  std::uint32_t slot;
  std::uint16_t offset;  ///< of its window in the cell's history, steps
  std::uint16_t source_class;
  Real basis[basis_count];
};

/// External inputs of all cells for the input steps of a block.
template <class Real>
struct ExternalInputs {
  const std::uint32_t* first_drive_slot;  ///< [cell + 1]
  const Real* drive_basis;  ///< [drive slot][4]
  const Real* drive;  ///< [drive slot][drive_steps][lanes], the input steps of the block
  std::size_t drive_steps;
  const std::uint32_t* first_noise_slot;  ///< [cell + 1]
  const InputSlot<Real>* noise_slots;
  const std::uint32_t* noise_node;  ///< [edge]
  const Real* noise_weight;  ///< [edge]
  const Real* noise;  ///< [block step][node][lanes]
  std::size_t noise_nodes;
};

template <class Real>
struct ForwardArguments {
  const CellConstants<Real>* cells;
  std::size_t first_cell, end_cell;
  std::size_t trials;
  std::size_t steps;  ///< of this block
  ModelOptions model;
  Real decay[basis_count], rise[basis_count];
  /// Whether a step has an input (arrivals before the first step are in the state already) and a fall.
  bool has_input[most_block_steps], has_fall[most_block_steps];
  Real* state;  ///< [cell][state_variables][lanes]
  Real* arrivals[most_block_steps];  ///< [cell][lanes][4], read and cleared
  ExternalInputs<Real> external;
  Real* v[most_block_steps];  ///< [cell][trials], packed; may be null
  std::uint8_t* blocked[most_block_steps];  ///< [cell], a bit per trial
  std::uint8_t* fired[most_block_steps];  ///< [cell]
};

template <class Real>
struct BackwardArguments {
  const CellConstants<Real>* cells;
  std::size_t first_cell, end_cell;
  std::size_t trials;
  std::size_t columns;  ///< of a window, a multiple of lanes
  std::size_t used_columns;  ///< trials × steps of a block
  std::size_t history;  ///< columns of a basis current's history
  std::size_t kept;  ///< of them, taken over into the next block
  int top_step;  ///< first step of the block; the next ones are earlier, those below 0 only pad
  ModelOptions model;
  GradientOptions gradient;
  Real decay[basis_count], rise[basis_count];
  Real voltage_factor;  ///< dL/dv = this times the distance
  Real* adjoint;  ///< [cell][adjoint_variables][lanes]
  Real* histories;  ///< [cell][4][history]
  const Real* spike_gradient;  ///< [cell][lanes], direct, the same for all steps
  const Real* extra_gradient[most_block_steps];  ///< [cell][lanes], or null
  const std::int64_t* credit;  ///< [cell][columns] and `lanes` of padding, sums over synapses; null without
  const Real* credit_unit;  ///< [cell]
  const Real* v[most_block_steps];
  const std::uint8_t* blocked[most_block_steps];
  ExternalInputs<Real> external;  ///< the noise of it, at the steps whose adjoints come out
  Real* noise_gradient;  ///< [edge][lanes]
  const std::uint32_t* first_credit_slot;  ///< [cell + 1]
  const CreditSlot<Real>* credit_slots;
  Real* windows;  ///< [slot][columns]
  Real* largest;  ///< [source class][columns], raised to the largest magnitudes
};

/// Synapses of one source onto one tile of targets. Sources are numbered by owner (Ranks::place_by_owner).
struct Segment {
  std::uint64_t first;
  std::uint32_t source, count;
};

/// sums[source][column] += sum over synapses of round(weight × window / unit), exact integers. The unit is
/// implied by `magic`, 1.5 × 2^mantissa bits × unit: adding it makes the rounding, and the low bits of the
/// result are the integer. A source whose magic is 0 is skipped.
template <class Real>
struct CreditArguments {
  const Segment* segments;
  std::size_t segment_count;
  const Real* weight;
  const std::uint32_t* slot;
  const Real* windows;
  std::size_t columns;
  const Real* magic;  ///< [source]
  std::int64_t* sums;  ///< [source][columns]
};
/// |weight × window| must be at most 2^term_bits units.
template <class Real>
inline constexpr int term_bits = sizeof(Real) == 4 ? 21 : 44;
template <class Real>
inline constexpr int mantissa_bits = sizeof(Real) == 4 ? 23 : 52;

template <class Real>
struct StepKernels {
  void (*forward)(const ForwardArguments<Real>&);
  void (*backward)(const BackwardArguments<Real>&);
  void (*credit)(const CreditArguments<Real>&);
};

extern const StepKernels<float> step_kernels_baseline, step_kernels_v3, step_kernels_v4;
extern const StepKernels<double> step_kernels_double;  ///< for tests, on any processor
/// One of step_kernels_x86.cpp and step_kernels_arm.cpp is compiled (CMakeLists.txt).
const StepKernels<float>& step_kernels_for(core::Isa isa);
/// The best for this processor.
template <class Real>
const StepKernels<Real>& step_kernels();
template <>
const StepKernels<float>& step_kernels<float>();
template <>
const StepKernels<double>& step_kernels<double>();

}  // namespace striate::training
