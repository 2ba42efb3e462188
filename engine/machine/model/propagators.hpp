// SPDX-License-Identifier: BSD-3-Clause
// What one time step needs of a cell model, computed once: exact exponentials of the linear subthreshold
// system (Rotter and Diesmann 1999) in the association of products that NEST's glif_psc_double_alpha and iaf
// propagators use, so that voltages agree to the last bits. Potentials are relative to E_L here and in the
// kernel.
#pragma once

#include <cstdint>
#include <vector>

#include "core/time_grid.hpp"
#include "engine/machine/model/glif_parameters.hpp"

namespace striate::engine {

/// One alpha-shaped current component over one step h: state y1, y2 with dy2/dt = y1 - y2/tau.
struct AlphaPropagator {
  double decay = 0;  ///< exp(-h/tau): y1 -> y1, y2 -> y2
  double y1_to_y2 = 0;  ///< h exp(-h/tau)
  double y1_to_v = 0;  ///< mV per unit of y1 (P31)
  double y2_to_v = 0;  ///< mV per pA of y2 (P32)
  double weight_to_y1 = 0;  ///< jump of y1 per pA of synaptic weight

  // The same component in the units of z1 = y1/weight_to_y1 and z2 = y2/z2_to_y2, in which a weight enters as
  // it is: z2 <- z1 + decay z2, z1 <- weight + decay z1.
  double z1_to_v = 0, z2_to_v = 0, z2_to_y2 = 0;
};

struct PortPropagator {
  AlphaPropagator fast, slow;
};

/// What the kernel does with receptors of one cell model that have equal (tau_fast, tau_slow, amp_slow).
enum class Ports {
  reference,  ///< each is its own port, in NEST's order of operations and sums
  merged,  ///< they share a port, which is the same in exact arithmetic and halves the work on V1 cells
  /// As merged, with the state of synapses rounded to single precision every four steps and kept in four
  /// bytes: not exact, and half the bytes where memory limits.
  merged_single,
};

/// The largest refractory time that a neuron can count, in steps.
inline constexpr std::int64_t most_refractory_steps = 32767;

/// Everything relative to E_L. asc arrays have two entries, unused ones act as zero.
struct Propagators {
  double v_decay = 0;  ///< exp(-h/tau_m) (P33)
  double current_to_v = 0;  ///< mV per pA of constant current (P30)
  double e_l = 0, v_initial = 0, v_reset = 0, threshold = 0;
  std::int64_t refractory_steps = 0;
  bool spike_dependent_threshold = false, after_spike_currents = false, adapting_threshold = false;

  double asc_decay[2] = {1, 1};  ///< exp(-k h)
  double asc_mean[2] = {0, 0};  ///< mean of a decaying exponential over the step
  double asc_jump[2] = {0, 0};  ///< pA added at a spike
  double asc_keep[2] = {0, 0};  ///< r exp(-k t_ref), applied at a spike
  double asc_initial[2] = {0, 0};

  double spike_threshold_decay = 0;  ///< exp(-b_s h)
  double spike_threshold_keep = 0;  ///< exp(-b_s t_ref)
  double spike_threshold_jump = 0;  ///< a_s
  double reset_fraction = 0, reset_add = 0;

  double voltage_threshold_v_decay = 0;  ///< exp(-G h / C)
  double voltage_threshold_decay = 0;  ///< exp(-b_v h)
  double voltage_threshold_phi = 0;  ///< a_v / (b_v - G/C)
  double voltage_threshold_rho = 0;  ///< a_v / b_v
  double conductance = 1;  ///< g, nS

  std::vector<PortPropagator> ports;
  std::vector<std::uint16_t> port_of_receptor;  ///< [receptor_type - 1]
};

Propagators make_propagators(const GlifParameters& parameters, const core::TimeGrid& grid,
                             Ports mode = Ports::reference);

/// Component with time constant tau (ms) on a membrane tau_m = C/g. Formulas: docs/neuron.md, "Propagators".
AlphaPropagator make_alpha_propagator(double tau, double tau_m, double capacitance, double h);

}  // namespace striate::engine
